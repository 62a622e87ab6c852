extension Unpickler {
    /// Runs one instruction; those of binary protocols stand here.
    mutating func execute(_ opcode: Opcode) throws(PickleError) {
        switch opcode {
        case .none: try pushNone()
        case .newTrue: try pushBool(true)
        case .newFalse: try pushBool(false)
        case .binInt1: try push(.int(Int(try readByte())))
        case .binInt2: try push(.int(Int(try readUInt(bytes: 2))))
        case .binInt:
            try push(.int(Int(Int32(truncatingIfNeeded: try readUInt(bytes: 4)))))
        case .long1: try pushLong(lengthBytes: 1)
        case .long4: try pushLong(lengthBytes: 4)
        case .binFloat:
            let bits = try readUInt(bytes: 8).byteSwapped
            try push(.float(Double(bitPattern: bits)))
        case .shortBinUnicode: try pushStr(lengthBytes: 1)
        case .binUnicode: try pushStr(lengthBytes: 4)
        case .binUnicode8: try pushStr(lengthBytes: 8)
        case .shortBinBytes: try push(.bytes(try readCounted(lengthBytes: 1)))
        case .binBytes: try push(.bytes(try readCounted(lengthBytes: 4)))
        case .binBytes8: try push(.bytes(try readCounted(lengthBytes: 8)))
        case .byteArray8: try push(.byteArray(try readCounted(lengthBytes: 8)))
        case .proto: try loadProto()
        case .frame: try loadFrame()
        case .memoize: try memoize(try top(), at: memo.count)
        case .binPut: try memoize(try top(), at: Int(try readByte()))
        case .longBinPut: try memoize(try top(), at: Int(try readUInt(bytes: 4)))
        case .binGet: try recall(Int(try readByte()))
        case .longBinGet: try recall(Int(try readUInt(bytes: 4)))
        case .mark: try mark()
        case .dup: stack.append(try top())
        case .pop:
            if stack.count > (marks.last ?? 0) { try throwAway() } else { _ = try popToMark() }
        case .popMark: _ = try popToMark()
        default: try executeContainer(opcode)
        }
    }

    /// Runs an instruction that makes or fills a container.
    private mutating func executeContainer(_ opcode: Opcode) throws(PickleError) {
        switch opcode {
        case .emptyTuple: try pushEmptyTuple()
        case .tuple1: try pushTuple(of: 1)
        case .tuple2: try pushTuple(of: 2)
        case .tuple3: try pushTuple(of: 3)
        case .tuple:
            let extent = try popToMark()
            if extent.isEmpty { try pushEmptyTuple() } else { try push(.tuple(extent)) }
        case .emptyList: try push(.list(.empty))
        case .emptyDict: try push(.dict(.empty))
        case .emptySet: try push(.set(.empty))
        case .frozenSet: try push(.frozenSet(try popToMark()))
        case .list: try pushFilled(.list(try popToMark()))
        case .dict: try pushFilled(.dict(try popPairsToMark()))
        case .append:
            let extent = builder.addLinks(CollectionOfOne(try pop()))
            try fill(.append(extent))
        case .appends: try fill(.append(try popToMark()))
        case .setItem:
            let value = try pop()
            let extent = builder.addLinks([try pop(), value])
            try fill(.setItems(extent))
        case .setItems: try fill(.setItems(try popPairsToMark()))
        case .addItems: try fill(.addItems(try popToMark()))
        default: try executeObject(opcode)
        }
    }

    // MARK: Helpers

    private mutating func pushStr(lengthBytes: Int) throws(PickleError) {
        let extent = try readCounted(lengthBytes: lengthBytes)
        try validate(extent)
        try push(.str(extent))
    }

    /// Throws where bytes of the pickle are not UTF-8 with surrogatepass.
    func validate(_ extent: Extent) throws(PickleError) {
        let fault = unsafe source.withUnsafeBytes { bytes in
            unsafe SurrogatePass.firstFault(
                in: UnsafeRawBufferPointer(rebasing: bytes[extent.range]))
        }
        if let fault { throw .malformed("str is not UTF-8", at: Int(extent.offset) + fault) }
    }

    private mutating func pushLong(lengthBytes: Int) throws(PickleError) {
        let extent = try readCounted(lengthBytes: lengthBytes)
        let bytes = TwosComplement.shortest(source[extent.range])
        if let value = TwosComplement.int(bytes) {
            try push(.int(value))
        } else {
            try push(.bigInt(Extent(from: bytes.startIndex, to: bytes.endIndex)))
        }
    }

    private mutating func loadProto() throws(PickleError) {
        let number = try readByte()
        guard number <= 5 else {
            throw .unsupported("unsupported pickle protocol: \(number)", at: offset - 1)
        }
        namesArePython2 = number < 3
    }

    private mutating func loadFrame() throws(PickleError) {
        let length = try readUInt(bytes: 8)
        guard length <= UInt64(source.count - offset) else { throw .truncated(at: source.count) }
    }

    private mutating func mark() throws(PickleError) {
        guard marks.count < limits.depth else {
            throw .limitExceeded("depth of \(limits.depth) levels")
        }
        marks.append(stack.count)
    }

    mutating func memoize(_ id: NodeID, at index: Int) throws(PickleError) {
        guard memo.put(id, at: index) else {
            throw .limitExceeded("memo of \(limits.memoEntries) entries")
        }
    }

    mutating func recall(_ index: Int) throws(PickleError) {
        guard let id = memo.get(index) else {
            throw .malformed("memo value not found at index \(index)", at: offset)
        }
        stack.append(id)
    }

    private mutating func pushTuple(of count: Int) throws(PickleError) {
        guard stack.count - (marks.last ?? 0) >= count else {
            throw .malformed("pickle stack underflow", at: offset)
        }
        let extent = builder.addLinks(stack[(stack.count - count)...])
        stack.removeLast(count)
        try push(.tuple(extent))
    }

    private mutating func pushFilled(_ node: Node) throws(PickleError) {
        try checkRoom()
        stack.append(builder.addFilled(node))
    }

    private mutating func popPairsToMark() throws(PickleError) -> Extent {
        let extent = try popToMark()
        guard extent.count % 2 == 0 else {
            throw .malformed("odd number of items for a dict", at: offset)
        }
        return extent
    }

    private mutating func fill(_ step: Step) throws(PickleError) {
        let container = try top()
        switch step {
        case .append(let extent), .setItems(let extent), .addItems(let extent):
            if extent.isEmpty { return }
        case .build, .call: break
        }
        guard builder.fill(container, step) else {
            throw .malformed("cannot fill this value", at: offset)
        }
    }
}
