extension Unpickler {
    /// Runs an instruction that names a class, or makes or changes an instance.
    mutating func executeObject(_ opcode: Opcode) throws(PickleError) {
        switch opcode {
        case .global:
            let module = try readLine()
            try pushGlobal(module: module, name: try readLine())
        case .stackGlobal: try loadStackGlobal()
        case .ext1: try push(.extensionCode(try extensionCode(bytes: 1)))
        case .ext2: try push(.extensionCode(try extensionCode(bytes: 2)))
        case .ext4: try push(.extensionCode(try extensionCode(bytes: 4)))
        case .reduce:
            let arguments = try popArgumentTuple()
            let callable = try pop()
            if let known = try reduceToData(callable, arguments) {
                stack.append(known)
            } else {
                try pushObject(.reduce, callable, arguments)
                calledAt = offset
            }
        case .newObj:
            let arguments = try popArgumentTuple()
            try pushObject(.newObject, try pop(), arguments)
        case .newObjEx:
            let keywords = try pop()
            guard case .dict = builder[keywords] else {
                throw .malformed("keyword arguments must be a dict", at: offset)
            }
            let arguments = try popArgumentTuple()
            try pushObject(.newObjectEx, try pop(), arguments, keywords: keywords)
        case .obj: try loadObj()
        case .inst:
            let arguments = try make(.tuple(try popToMark()))
            let module = try readLine()
            try pushGlobal(module: module, name: try readLine())
            try pushObject(.instantiate, try pop(), arguments)
        case .build:
            let state = try pop()
            guard builder.fill(try top(), .build(state)) else {
                throw .malformed("cannot set the state of this value", at: offset)
            }
        case .persID, .binPersID:
            throw .unsupported("persistent ids have no meaning here", at: offset - 1)
        case .nextBuffer, .readOnlyBuffer:
            throw .unsupported("out-of-band buffers cannot be read", at: offset - 1)
        default: try executeText(opcode)
        }
    }

    /// Takes a value off the stack. What a call made just before was not what it was called for,
    /// but what it does to the instance below.
    mutating func throwAway() throws(PickleError) {
        let id = try pop()
        guard calledAt == offset - 1, stack.count > (marks.last ?? 0), let below = stack.last,
            case .object = builder[id], case .object = builder[below], id != below
        else { return }
        _ = builder.fill(below, .call(id))
    }

    private mutating func pushGlobal(module: Extent, name: Extent) throws(PickleError) {
        try validate(module)
        try validate(name)
        guard namesArePython2 else { return try pushNames(.str(module), .str(name)) }
        let old = Python2Names.Name(
            module: String(decoding: source[module.range], as: UTF8.self),
            name: String(decoding: source[name.range], as: UTF8.self))
        let new = Python2Names.current(for: old)
        if new == old { return try pushNames(.str(module), .str(name)) }
        let newModule = builder.addData(new.module.utf8)
        try pushNames(.str(newModule), .str(builder.addData(new.name.utf8)))
    }

    private mutating func pushNames(_ module: Node, _ name: Node) throws(PickleError) {
        let moduleID = try make(module)
        try push(.global(module: moduleID, name: try make(name)))
    }

    private mutating func loadStackGlobal() throws(PickleError) {
        let name = try pop()
        let module = try pop()
        guard case .str = builder[name], case .str = builder[module] else {
            throw .malformed("STACK_GLOBAL requires str", at: offset)
        }
        try push(.global(module: module, name: name))
    }

    private mutating func extensionCode(bytes: Int) throws(PickleError) -> Int {
        let code = Int(try readUInt(bytes: bytes))
        guard code > 0, code <= Int(Int32.max) else {
            throw .malformed("extension code \(code) is out of range", at: offset)
        }
        return code
    }

    private mutating func loadObj() throws(PickleError) {
        guard let mark = marks.last, stack.count > mark else {
            throw .malformed("OBJ without a class", at: offset)
        }
        let callable = stack.remove(at: mark)
        try pushObject(.instantiate, callable, try make(.tuple(try popToMark())))
    }

    private mutating func popArgumentTuple() throws(PickleError) -> NodeID {
        let id = try pop()
        guard case .tuple = builder[id] else {
            throw .malformed("argument list must be a tuple", at: offset)
        }
        return id
    }

    private mutating func pushObject(
        _ construction: PickleObject.Construction, _ callable: NodeID, _ arguments: NodeID,
        keywords: NodeID? = nil
    ) throws(PickleError) {
        try checkRoom()
        stack.append(
            builder.addObject(
                ArenaObject(
                    construction: construction, callable: callable, arguments: arguments,
                    keywords: keywords)))
    }
}
