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
/// z   | the same, sorted by key                     | frozenset
/// o   | ``PickleValue/body()``                      | everything else that can be a key
/// ```
struct KeyWriter {
    /// How deeply tuples and frozensets of a key may be nested, in levels. This bounds the
    /// recursion.
    static let depthLimit = 100

    private let arena: Arena
    private let limits: PickleLimits
    private(set) var fuel: Int
    /// The keys of tuples and frozensets that may occur more than once.
    private var known: [NodeID: [UInt8]] = [:]
    private let mayShare: Bool

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
            case .tuple(let extent):
                [UInt8(ascii: "t")] + joined(try keys(of: extent, depth: depth))
            case .frozenSet(let extent):
                [UInt8(ascii: "z")]
                    + joined(
                        try keys(of: extent, depth: depth).sorted {
                            $0.lexicographicallyPrecedes($1)
                        })
            case .list: throw .unhashable("list")
            case .dict: throw .unhashable("dict")
            case .set: throw .unhashable("set")
            case .byteArray: throw .unhashable("bytearray")
            case .object: try key(ofObject: id)
            case .global, .extensionCode: try body(of: id)
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
        guard mayShare, depth > 0, (8..<4096).contains(key.count) else { return }
        switch arena[id] {
        case .tuple, .frozenSet: known[id] = key
        default: break
        }
    }

    private mutating func keys(of extent: Extent, depth: Int) throws(PickleError) -> [[UInt8]] {
        guard depth < Self.depthLimit else {
            throw .limitExceeded("key of \(Self.depthLimit) levels")
        }
        var keys: [[UInt8]] = []
        var total = 0
        for child in arena.children(extent) {
            let key = try key(of: child, depth: depth + 1)
            total += key.count
            guard total <= limits.keyLength else {
                throw .limitExceeded("key of \(limits.keyLength) bytes")
            }
            keys.append(key)
        }
        return keys
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

    /// - Throws: `unhashable` for what of Python's own cannot be a key.
    private mutating func key(ofObject id: NodeID) throws(PickleError) -> [UInt8] {
        let typeName = PickleValue(arena, id).typeName
        guard !BuiltinNames.isUnhashable(typeName) else { throw .unhashable(typeName) }
        return try body(of: id)
    }

    private mutating func body(of id: NodeID) throws(PickleError) -> [UInt8] {
        let body = PickleValue(arena, id).body()
        fuel -= body.count / 16
        return [UInt8(ascii: "o")] + body
    }
}
