/// Calls in a pickle that only make data: older protocols have no opcodes for bytes, sets and the
/// like.
///
/// ```text
/// call                                         | becomes
/// ---------------------------------------------+----------------
/// _codecs.encode(str, 'latin1')                | bytes
/// builtins.bytes(), bytes(bytes)               | bytes
/// builtins.bytearray(), bytearray(bytes),      | bytearray
///     bytearray(str, 'latin-1')                |
/// builtins.set(sequence), frozenset(sequence)  | set, frozenset
/// builtins.list(sequence), tuple(sequence)     | list, tuple
/// builtins.dict(), dict(dict)                  | dict
/// builtins.complex(float, float)               | complex
/// copyreg.__newobj_ex__(cls, args, keywords)   | instance as by NEWOBJ_EX
/// dill._dill._load_type('slice')               | the class slice
/// ```
///
/// Any other call is kept as an object. So is a known one when all of them take over more than a
/// pickle that Python made can have them do.
extension Unpickler {
    mutating func reduceToData(
        _ callable: NodeID, _ tuple: NodeID
    ) throws(PickleError) -> NodeID? {
        guard case .global(let moduleID, let nameID) = builder[callable],
            case .str(let module) = builder[moduleID], case .str(let name) = builder[nameID],
            case .tuple(let extent) = builder[tuple], extent.count <= 3
        else { return nil }
        let arguments = Array(builder.links[extent.range])
        if matches(module, "builtins") {
            return try reduceBuiltin(name, arguments)
        }
        if matches(module, "_codecs"), matches(name, "encode"),
            let latin1 = try latin1Bytes(arguments)
        {
            return try make(.bytes(latin1))
        }
        if matches(module, "copyreg"), matches(name, "__newobj_ex__"), arguments.count == 3,
            case .tuple = builder[arguments[1]], case .dict = builder[arguments[2]]
        {
            try checkRoom()
            return builder.addObject(
                ArenaObject(
                    construction: .newObjectEx, callable: arguments[0], arguments: arguments[1],
                    keywords: arguments[2]))
        }
        if matches(module, "dill._dill"), matches(name, "_load_type"), arguments.count == 1,
            case .str(let type) = builder[arguments[0]], matches(type, "slice")
        {
            let module = try make(.str(builder.addData("builtins".utf8)))
            return try make(.global(module: module, name: arguments[0]))
        }
        return nil
    }

    private mutating func reduceBuiltin(
        _ name: Extent, _ arguments: [NodeID]
    ) throws(PickleError) -> NodeID? {
        guard name.count <= 10 else { return nil }
        return switch String(decoding: builder.data[name.range], as: UTF8.self) {
        case "bytes":
            if let extent = bytesArgument(arguments) { try make(.bytes(extent)) } else { nil }
        case "bytearray":
            if let extent = bytesArgument(arguments) {
                try make(.byteArray(extent))
            } else if let extent = try latin1Bytes(arguments) {
                try make(.byteArray(extent))
            } else {
                nil
            }
        case "set": try filled(arguments) { .set($0) }
        case "frozenset":
            if let extent = sequence(arguments) { try make(.frozenSet(extent)) } else { nil }
        case "list": try filled(arguments) { .list($0) }
        case "tuple":
            if let extent = sequence(arguments) { try make(.tuple(extent)) } else { nil }
        case "dict": try reduceDict(arguments)
        case "complex": try reduceComplex(arguments)
        default: nil
        }
    }

    private mutating func filled(
        _ arguments: [NodeID], _ node: (Extent) -> Node
    ) throws(PickleError) -> NodeID? {
        guard let extent = sequence(arguments) else { return nil }
        try checkRoom()
        return builder.addFilled(node(extent))
    }

    private mutating func reduceDict(_ arguments: [NodeID]) throws(PickleError) -> NodeID? {
        guard let first = arguments.first else { return try make(.dict(.empty)) }
        guard arguments.count == 1, case .dict = builder[first],
            let extent = builder.contents(of: first, budget: &copyBudget)
        else { return nil }
        try checkRoom()
        return builder.addFilled(.dict(extent))
    }

    private mutating func reduceComplex(_ arguments: [NodeID]) throws(PickleError) -> NodeID? {
        guard arguments.count == 2, case .float(let real) = builder[arguments[0]],
            case .float(let imaginary) = builder[arguments[1]]
        else { return nil }
        return try make(.complex(real, imaginary))
    }

    // MARK: Arguments

    private func matches(_ extent: Extent, _ text: StaticString) -> Bool {
        guard Int(extent.count) == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { unsafe builder.data[extent.range].elementsEqual($0) }
    }

    /// No argument, or one of bytes.
    private mutating func bytesArgument(_ arguments: [NodeID]) -> Extent? {
        guard let first = arguments.first else { return .empty }
        guard arguments.count == 1, case .bytes(let extent) = builder[first],
            Int(extent.count) <= copyBudget
        else { return nil }
        copyBudget -= Int(extent.count)
        return extent
    }

    /// No argument, or one that holds items.
    private mutating func sequence(_ arguments: [NodeID]) -> Extent? {
        guard let first = arguments.first else { return .empty }
        guard arguments.count == 1 else { return nil }
        if case .dict = builder[first] { return nil }
        return builder.contents(of: first, budget: &copyBudget)
    }

    /// The arguments `(str, 'latin1')`, encoded.
    private mutating func latin1Bytes(_ arguments: [NodeID]) throws(PickleError) -> Extent? {
        guard arguments.count == 2, case .str(let text) = builder[arguments[0]],
            case .str(let codec) = builder[arguments[1]],
            matches(codec, "latin1") || matches(codec, "latin-1"),
            Int(text.count) <= copyBudget
        else { return nil }
        copyBudget -= Int(text.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(text.count))
        for point in SurrogatePass.CodePoints(utf8: Array(builder.data[text.range])) {
            guard let byte = UInt8(exactly: point) else {
                throw .malformed("bytes are not Latin-1", at: offset)
            }
            bytes.append(byte)
        }
        return builder.addData(bytes)
    }
}
