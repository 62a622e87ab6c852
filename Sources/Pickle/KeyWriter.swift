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
/// N   |                                             | nan, and what holds it: equal to nothing
/// t   | for each: length as LEB128, key             | tuple
/// z   | the same, sorted by key                     | frozenset, and set in an instance
/// g   | module and name, as in a tuple              | class or function
/// x   | decimal digits                              | the same, by an extension code
/// R   | how many, from where, how far apart         | range
/// q   | numerator and denominator, as in a tuple    | Fraction and Decimal that no float is
/// p   | its text, 0 for each slash                  | path of POSIX's
/// m   | a byte for the scale, the place on it       | date, datetime, time, timedelta, UUID
/// o   | how it is made, and of what, as in a tuple  | instance
/// l   | as a tuple                                  | list in an instance
/// d   | tuples of key and value, sorted             | dict in an instance
/// r   | decimal digits: how many levels outwards     | a container or instance that this is in
/// O   | ``PickleValue/body()``                      | instance that is too deep, or repeats its
///     |                                             | parts too often, for the form above
/// ```
/// It tells nothing of what is shared: in one process two attributes of an instance may be one and
/// the same str, in another they are equal. Cycles that are unrolled differently do differ.
struct KeyWriter {
    /// How deeply the parts of a key may be nested, in levels. This bounds the recursion.
    static let depthLimit = 100

    private let arena: Arena
    private let limits: PickleLimits
    private(set) var fuel: Int
    /// The keys of containers that may occur more than once; and of those that are parts of
    /// instances, where they may be what cannot be a key by itself. None refers outwards.
    private var known: [NodeID: [UInt8]] = [:]
    private var knownInside: [NodeID: [UInt8]] = [:]
    private let mayShare: Bool
    /// The containers and instances around the next value, the outermost first.
    private var path: [NodeID] = []
    /// The outermost place in `path` that the container which is being written refers to.
    private var reach = Int.max
    /// Whether an instance is being written, and how many more parts it may have.
    private var isInside = false
    private var partsLeft = 0
    /// Whether what was thrown last says that an instance cannot be written part by part.
    private var isUnfit = false

    init(_ arena: Arena, limits: PickleLimits, fuel: Int) {
        self.arena = arena
        // In a tree each node but the root is referred to once.
        mayShare = arena.links.count >= arena.nodes.count
        self.limits = limits
        self.fuel = fuel
    }

    /// - Throws: ``PickleError`` with `unhashable` or `limitExceeded`.
    mutating func key(of id: NodeID) throws(PickleError) -> [UInt8] {
        try pay(1)
        partsLeft -= 1
        guard !isInside || partsLeft >= 0 else { throw unfit("parts of an instance") }
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
            case .byteArray where !isInside: throw .unhashable("bytearray")
            case .byteArray(let extent): [UInt8(ascii: "b")] + arena.bytes(extent)
            case .global(let module, let name):
                [UInt8(ascii: "g")] + Self.joined(try keys(of: [module, name]))
            case .extensionCode(let code): [UInt8(ascii: "x")] + String(code).utf8
            case .tuple, .frozenSet, .list, .dict, .set, .object: try key(ofContainer: id)
            }
        guard key.count <= limits.keyLength else {
            throw unfit("key of \(limits.keyLength) bytes")
        }
        try pay(key.count / 64)
        return key
    }

    /// The key of a value that may be, or hold, what cannot be a key by itself.
    mutating func key(ofPart id: NodeID) throws(PickleError) -> [UInt8] {
        isInside = true
        partsLeft = 64 + Self.repetitions * (arena.nodes.count + arena.links.count)
        defer { isInside = false }
        path = []
        reach = .max
        return try key(of: id)
    }

    private mutating func pay(_ amount: Int) throws(PickleError) {
        fuel -= amount
        guard fuel >= 0 else { throw .limitExceeded("comparisons") }
    }

    private mutating func unfit(_ limit: String) -> PickleError {
        isUnfit = true
        return .limitExceeded(limit)
    }

    // MARK: Containers

    private mutating func key(ofContainer id: NodeID) throws(PickleError) -> [UInt8] {
        if let place = path.lastIndex(of: id) {
            reach = min(reach, place)
            return [UInt8(ascii: "r")] + String(path.count - place).utf8
        }
        if let key = known[id] ?? (isInside ? knownInside[id] : nil) { return key }
        guard path.count < Self.depthLimit else {
            throw unfit("key of \(Self.depthLimit) levels")
        }
        let before = reach
        reach = .max
        path.append(id)
        defer { path.removeLast() }
        let key = try key(ofPartsOf: id)
        if reach >= path.count - 1 {
            remember(key, of: id)
            reach = before
        } else {
            reach = min(reach, before)
        }
        return key
    }

    /// Keeps the key of a part that costs more to make than to find.
    private mutating func remember(_ key: [UInt8], of id: NodeID) {
        guard mayShare, path.count > 1, (8..<4096).contains(key.count) else { return }
        if isInside {
            knownInside[id] = key
        } else {
            known[id] = key
        }
    }

    private mutating func key(ofPartsOf id: NodeID) throws(PickleError) -> [UInt8] {
        switch arena[id] {
        case .list where !isInside, .set where !isInside, .dict where !isInside:
            throw .unhashable(PickleValue(arena, id).typeName)
        case .tuple(let extent): return container("t", try keys(of: extent))
        case .list(let extent): return container("l", try keys(of: extent))
        case .frozenSet(let extent), .set(let extent):
            return container("z", sorted(try keys(of: extent)))
        case .object(let index): return try key(of: arena.objects[index], id)
        case .dict(let extent):
            let keys = try keys(of: extent)
            if keys.contains(Self.nan) { return Self.nan }
            let pairs = stride(from: 0, to: keys.count - 1, by: 2).map {
                Self.joined([keys[$0], keys[$0 + 1]])
            }
            return [UInt8(ascii: "d")] + Self.joined(sorted(pairs))
        default: preconditionFailure("a leaf has no parts")
        }
    }

    private mutating func keys(of extent: Extent) throws(PickleError) -> [[UInt8]] {
        try keys(of: arena.children(extent))
    }

    private mutating func keys(of ids: some Sequence<NodeID>) throws(PickleError) -> [[UInt8]] {
        var keys: [[UInt8]] = []
        var total = 0
        for id in ids {
            let key = try key(of: id)
            total += key.count
            guard total <= limits.keyLength else {
                throw unfit("key of \(limits.keyLength) bytes")
            }
            keys.append(key)
        }
        return keys
    }

    private func sorted(_ keys: [[UInt8]]) -> [[UInt8]] {
        keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The key of a container of these. What comes in a pickle is another nan each time, so that
    /// nothing which holds one equals anything.
    private func container(_ tag: Unicode.Scalar, _ keys: [[UInt8]]) -> [UInt8] {
        keys.contains(Self.nan) ? Self.nan : [UInt8(ascii: tag)] + Self.joined(keys)
    }

    static func joined(_ keys: [[UInt8]]) -> [UInt8] {
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

// MARK: - Instances

extension KeyWriter {
    /// How many times as many parts as its pickle has an instance may have, since the same ones may
    /// be written again and again.
    private static let repetitions = 4

    /// - Throws: `unhashable` for what of Python's own cannot be a key, unless it is a part of
    ///   another instance.
    private mutating func key(
        of object: ArenaObject, _ id: NodeID
    ) throws(PickleError) -> [UInt8] {
        if let range = RangeObject(object, in: arena) {
            return [UInt8(ascii: "R")] + Self.joined(range.numbers.map { Array(String($0).utf8) })
        }
        let instance = arena.standardInstance(object, &fuel)
        try pay(0)
        if let instance { return Self.key(of: instance) }
        if isInside { return try key(ofPartsOf: object) }
        let typeName = PickleValue(arena, id).typeName
        guard !BuiltinNames.isUnhashable(typeName) else { throw .unhashable(typeName) }
        isInside = true
        partsLeft = 64 + Self.repetitions * (arena.nodes.count + arena.links.count)
        defer { isInside = false }
        do throws(PickleError) {
            return try key(ofPartsOf: object)
        } catch {
            guard isUnfit else { throw error }
            isUnfit = false
            reach = .max
            let body = PickleValue(arena, id).body()
            try pay(body.count / 16)
            return [UInt8(ascii: "O")] + body
        }
    }

    private mutating func key(ofPartsOf object: ArenaObject) throws(PickleError) -> [UInt8] {
        let making: UInt8 =
            switch object.construction {
            case .reduce: 0
            case .newObject: 1
            case .newObjectEx: 2
            case .instantiate: 3
            }
        let parts = [object.callable, object.arguments] + (object.keywords.map { [$0] } ?? [])
        var lists: [[UInt8]] = []
        for list in [parts] + arena.mergedSteps(object).lists {
            let keys = try keys(of: list)
            if keys.contains(Self.nan) { return Self.nan }
            lists.append(Self.joined(keys))
        }
        return [UInt8(ascii: "o"), making] + Self.joined(lists)
    }
}
