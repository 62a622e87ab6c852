public import BigInt

/// A Python value, as data: what a pickle holds.
///
/// A value is a cursor over the immutable storage of the pickle that it came from: shared
/// references and cycles are kept, copying is cheap, and looking inside makes only what is asked
/// for. Nothing is ever executed: an instance of a class that nobody here knows is a
/// ``PickleObject``, and goes back out as it came in.
///
/// `==` is Python's: `1 == 1.0 == True`, a str is never equal to bytes, a dict's order does not
/// matter.
public struct PickleValue: Sendable {
    package let arena: Arena
    package let id: NodeID

    init(_ arena: Arena, _ id: NodeID) {
        self.arena = arena
        self.id = id
    }

    /// The length of the pickle that the value came from, in bytes.
    package var pickleSize: Int { arena.data.count }

    /// Reads a whole pickle of any protocol from 0 to 5. Bytes after its STOP are not looked at,
    /// as in Python.
    ///
    /// - Throws: ``PickleError`` with `truncated`, `malformed`, `unsupported` or `limitExceeded`.
    public init(pickle bytes: [UInt8], limits: PickleLimits = .default) throws(PickleError) {
        if let node = ScalarReader.node(in: bytes, isBody: false, limits: limits) {
            self.init(Arena(node, data: bytes), 0)
            return
        }
        var unpickler = try Unpickler(bytes, limits: limits)
        self = try unpickler.loadPickle()
    }

    /// Reads opcodes that push exactly one value and end with the bytes, as ``body()`` makes them.
    ///
    /// - Parameter protocolNumber: that of the pickle from which the bytes come: below 3 the
    ///   names of Python 2's classes are given their new names.
    package init(
        body bytes: UnsafeRawBufferPointer, protocol protocolNumber: UInt8 = 4,
        limits: PickleLimits = .default
    ) throws(PickleError) {
        try self.init(
            body: unsafe [UInt8](bytes), protocol: protocolNumber, limits: limits)
    }

    /// Reads opcodes that push exactly one value and end with the bytes, as ``body()`` makes them.
    package init(
        body bytes: [UInt8], protocol protocolNumber: UInt8 = 4, limits: PickleLimits = .default
    ) throws(PickleError) {
        if let node = ScalarReader.node(in: bytes, isBody: true, limits: limits) {
            self.init(Arena(node, data: bytes), 0)
            return
        }
        var unpickler = try Unpickler(bytes, limits: limits)
        self = try unpickler.loadBody(protocol: protocolNumber)
    }

    /// What a value is.
    public enum Kind: Sendable {
        /// `None`
        case none
        /// `True` or `False`
        case bool(Bool)
        /// An int of at most 64 bits.
        case int(Int)
        /// An int of more than 64 bits.
        case bigInt(BigInt)
        /// A float.
        case float(Double)
        /// A complex number.
        case complex(real: Double, imaginary: Double)
        /// A str.
        case str(PickleString)
        /// Bytes.
        case bytes([UInt8])
        /// A bytearray.
        case byteArray([UInt8])
        /// A tuple.
        case tuple([PickleValue])
        /// A list.
        case list([PickleValue])
        /// A dict, in its order.
        case dict([(key: PickleValue, value: PickleValue)])
        /// A set, in the order of its pickle.
        case set([PickleValue])
        /// A frozenset, in the order of its pickle.
        case frozenset([PickleValue])
        /// A class or function, by module and qualified name.
        case global(module: String, name: String)
        /// A class or function, by its number in `copyreg`'s extension registry.
        case extensionCode(Int)
        /// An instance of any other class.
        case object(PickleObject)
    }

    /// What the value is, with its parts, each of them a value.
    public var kind: Kind {
        switch node {
        case .none: .none
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .bigInt(let extent): .bigInt(BigInt(littleEndian: arena.bytes(extent)))
        case .float(let value): .float(value)
        case .complex(let real, let imaginary): .complex(real: real, imaginary: imaginary)
        case .str(let extent): .str(PickleString(unchecked: Array(arena.bytes(extent))))
        case .bytes(let extent): .bytes(Array(arena.bytes(extent)))
        case .byteArray(let extent): .byteArray(Array(arena.bytes(extent)))
        case .tuple(let extent): .tuple(siblings(extent))
        case .list(let extent): .list(siblings(extent))
        case .dict(let extent): .dict(pairs(extent))
        case .set(let extent): .set(siblings(extent))
        case .frozenSet(let extent): .frozenset(siblings(extent))
        case .global(let module, let name): .global(module: text(module), name: text(name))
        case .extensionCode(let code): .extensionCode(code)
        case .object(let index): .object(PickleObject(arena.objects[index], of: self))
        }
    }

    package var node: Node { arena[id] }

    // MARK: Neighbours

    func sibling(_ id: NodeID) -> PickleValue { PickleValue(arena, id) }

    func siblings(_ extent: Extent) -> [PickleValue] {
        arena.children(extent).map { PickleValue(arena, $0) }
    }

    func pairs(_ extent: Extent) -> [(key: PickleValue, value: PickleValue)] {
        let links = arena.children(extent)
        return stride(from: links.startIndex, to: links.endIndex - 1, by: 2).map {
            (sibling(links[$0]), sibling(links[$0 + 1]))
        }
    }

    func text(_ id: NodeID) -> String { String(decoding: arena.text(id), as: UTF8.self) }
}
