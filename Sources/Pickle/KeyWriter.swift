/// Writes a value in a canonical form: two values have the same one exactly if Python takes them
/// for the same key of a dict.
///
/// ```text
/// tag | then                                        | for
/// ----+---------------------------------------------+------------------------------------------
/// n   |                                             | None
/// s   | UTF-8                                       | str
/// b   | the bytes                                   | bytes
/// i   | decimal digits                              | int and bool; float and complex if whole
/// I   | two's complement, little endian             | the same, of more than 64 bits
/// f   | 8 bytes, big endian                         | other floats
/// c   | 16 bytes, big endian                        | complex, the real part first, -0.0 as 0.0
/// N   |                                             | nan, which is the same key as nothing
/// t   | for each: length as LEB128, key             | tuple
/// z   | the same, sorted by key                     | frozenset; in an instance also set
/// g   | module and name, as in a tuple              | class or function
/// x   | decimal digits                              | the same, by an extension code
/// o   | how it is made, and of what, as in a tuple  | instance
/// l   | as a tuple                                  | list in an instance
/// d   | tuples of key and value, sorted             | dict in an instance
/// r   | decimal digits: how many are around that    | instance, list, dict or set that the key is
///     |                                             | in the midst of
/// ```
/// It tells nothing of what is shared: in one process two attributes of an instance may be one and
/// the same str, in another they are equal.
struct KeyWriter {
    /// How deeply the parts of a key may be nested, in levels. This bounds the recursion.
    static let depthLimit = 100

    private let arena: Arena
    private let limits: PickleLimits
    private(set) var fuel: Int
    /// The keys of tuples and frozensets that may occur more than once.
    private var known: [NodeID: [UInt8]] = [:]
    private let mayShare: Bool
    /// The instance that is being written, and what of its parts is around the next one.
    private var path: [NodeID] = []

    init(_ arena: Arena, limits: PickleLimits, fuel: Int) {
        self.arena = arena
        // In a tree each node but the root is referred to once.
        mayShare = arena.links.count >= arena.nodes.count
        self.limits = limits
        self.fuel = fuel
    }

    /// - Throws: ``PickleError`` with `unhashable` or `limitExceeded`.
    mutating func key(of id: NodeID, depth: Int = 0) throws(PickleError) -> [UInt8] {
        fuel -= 1
        guard fuel >= 0 else { throw .limitExceeded("comparisons") }
        if let key = known[id] { return key }
        let key =
            switch arena[id] {
            case .none: [UInt8(ascii: "n")]
            case .bool(let value): Self.digits(value ? 1 : 0)
            case .int(let value): Self.digits(value)
            case .bigInt(let extent): Self.bigInt(arena.bytes(extent))
            case .float(let value): Self.float(value)
            case .complex(let real, let imaginary): Self.complex(real, imaginary)
            case .str(let extent): [UInt8(ascii: "s")] + arena.bytes(extent)
            case .bytes(let extent): [UInt8(ascii: "b")] + arena.bytes(extent)
            case .byteArray where path.isEmpty: throw .unhashable("bytearray")
            case .byteArray(let extent): [UInt8(ascii: "b")] + arena.bytes(extent)
            case .tuple(let extent):
                [UInt8(ascii: "t")] + joined(try keys(of: extent, depth: depth))
            case .frozenSet(let extent):
                [UInt8(ascii: "z")] + joined(sorted(try keys(of: extent, depth: depth)))
            case .global(let module, let name):
                [UInt8(ascii: "g")]
                    + joined([
                        try key(of: module, depth: depth + 1), try key(of: name, depth: depth + 1),
                    ])
            case .extensionCode(let code): [UInt8(ascii: "x")] + String(code).utf8
            case .list, .dict, .set, .object: try key(ofChangeable: id, depth: depth)
            }
        guard key.count <= limits.keyLength else {
            throw .limitExceeded("key of \(limits.keyLength) bytes")
        }
        fuel -= key.count / 64
        remember(key, of: id, depth)
        return key
    }

    /// Keeps the key of a part that costs more to make than to find.
    private mutating func remember(_ key: [UInt8], of id: NodeID, _ depth: Int) {
        // Within an instance it depends on what is around.
        guard mayShare, depth > 0, path.isEmpty, (8..<4096).contains(key.count) else { return }
        switch arena[id] {
        case .tuple, .frozenSet: known[id] = key
        default: break
        }
    }

    private mutating func keys(of extent: Extent, depth: Int) throws(PickleError) -> [[UInt8]] {
        try keys(of: arena.children(extent), depth: depth)
    }

    private mutating func keys(
        of ids: some Sequence<NodeID>, depth: Int
    ) throws(PickleError) -> [[UInt8]] {
        guard depth < Self.depthLimit else {
            throw .limitExceeded("key of \(Self.depthLimit) levels")
        }
        var keys: [[UInt8]] = []
        var total = 0
        for id in ids {
            let key = try key(of: id, depth: depth + 1)
            total += key.count
            guard total <= limits.keyLength else {
                throw .limitExceeded("key of \(limits.keyLength) bytes")
            }
            keys.append(key)
        }
        return keys
    }

    private func sorted(_ keys: [[UInt8]]) -> [[UInt8]] {
        keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func joined(_ keys: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for key in keys {
            var length = key.count
            while length >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
                length >>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: length))
            bytes += key
        }
        return bytes
    }
}

// MARK: - What may contain itself

extension KeyWriter {
    /// - Throws: `unhashable` for what of Python's own cannot be a key, unless it is a part of an
    ///   instance.
    private mutating func key(
        ofChangeable id: NodeID, depth: Int
    ) throws(PickleError) -> [UInt8] {
        if path.isEmpty {
            let typeName = PickleValue(arena, id).typeName
            guard case .object = arena[id], !BuiltinNames.isUnhashable(typeName) else {
                throw .unhashable(typeName)
            }
        }
        if let level = path.firstIndex(of: id) { return [UInt8(ascii: "r")] + String(level).utf8 }
        path.append(id)
        defer { path.removeLast() }
        switch arena[id] {
        case .list(let extent):
            return [UInt8(ascii: "l")] + joined(try keys(of: extent, depth: depth))
        case .set(let extent):
            return [UInt8(ascii: "z")] + joined(sorted(try keys(of: extent, depth: depth)))
        case .dict(let extent):
            let keys = try keys(of: extent, depth: depth)
            let pairs = stride(from: 0, to: keys.count - 1, by: 2).map {
                joined([keys[$0], keys[$0 + 1]])
            }
            return [UInt8(ascii: "d")] + joined(sorted(pairs))
        case .object(let index): return try key(of: arena.objects[index], depth: depth)
        default: preconditionFailure("what does not change cannot contain itself")
        }
    }

    private mutating func key(
        of object: ArenaObject, depth: Int
    ) throws(PickleError) -> [UInt8] {
        let making: UInt8 =
            switch object.construction {
            case .reduce: 0
            case .newObject: 1
            case .newObjectEx: 2
            case .instantiate: 3
            }
        let parts = [object.callable, object.arguments] + (object.keywords.map { [$0] } ?? [])
        var lists = [joined(try keys(of: parts, depth: depth))]
        for list in arena.mergedSteps(object).lists {
            lists.append(joined(try keys(of: list, depth: depth)))
        }
        return [UInt8(ascii: "o"), making] + joined(lists)
    }
}
