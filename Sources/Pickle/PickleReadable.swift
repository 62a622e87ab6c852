import BigInt

/// A type that is read from Python values of its own, not by its `init(from:)`.
protocol PickleReadable: SendableMetatype {
    static func read(_ decoder: ValueDecoder) throws -> Self
}

extension PickleReadable {
    /// Reads a value of this type, which goes by another name.
    static func read<T>(_ decoder: ValueDecoder, as type: T.Type) throws -> T {
        guard let value = sameType(try read(decoder), as: type) else {
            throw decoder.mismatch(type)
        }
        return value
    }
}

/// A type that is also read from a member of an enum, or from an instance of a class that is
/// derived from its type in Python.
protocol PickleScalar: PickleReadable {}

extension Bool: PickleReadable {
    static func read(_ decoder: ValueDecoder) throws -> Bool {
        guard case .bool(let value) = decoder.value.node else { throw decoder.mismatch(self) }
        return value
    }
}

extension PickleReadable where Self: BinaryInteger {
    static func read(_ decoder: ValueDecoder) throws -> Self {
        let exact: Self?
        switch decoder.value.node {
        case .int(let value): exact = Self(exactly: value)
        case .bool(let value): exact = value ? 1 : 0
        case .bigInt(let extent):
            exact = Self(exactly: BigInt(littleEndian: decoder.value.arena.bytes(extent)))
        default: throw decoder.mismatch(self)
        }
        guard let exact else {
            throw decoder.path.corrupted(
                "\(decoder.value.repr(limit: 100)) does not fit \(Self.self)")
        }
        return exact
    }
}

extension Int: PickleScalar {}
extension Int8: PickleScalar {}
extension Int16: PickleScalar {}
extension Int32: PickleScalar {}
extension Int64: PickleScalar {}
extension Int128: PickleScalar {}
extension UInt: PickleScalar {}
extension UInt8: PickleScalar {}
extension UInt16: PickleScalar {}
extension UInt32: PickleScalar {}
extension UInt64: PickleScalar {}
extension UInt128: PickleScalar {}
extension BigInt: PickleScalar {}
extension BigUInt: PickleScalar {}

extension Double: PickleScalar {
    static func read(_ decoder: ValueDecoder) throws -> Double {
        switch decoder.value.node {
        case .float(let value): return value
        case .int(let value): return Double(value)
        case .bigInt(let extent):
            // The largest Double takes 128 bytes and a sign.
            let bytes = decoder.value.arena.bytes(extent)
            guard bytes.count <= 129,
                let double = Double(BigInt(littleEndian: bytes).description), double.isFinite
            else { throw decoder.path.corrupted("int is too large for a Double") }
            return double
        default: throw decoder.mismatch(self)
        }
    }
}

extension Float: PickleScalar {
    static func read(_ decoder: ValueDecoder) throws -> Float {
        let value = try Double.read(decoder)
        guard Float(value).isFinite || !value.isFinite else {
            throw decoder.path.corrupted("\(value) does not fit Float")
        }
        return Float(value)
    }
}

extension String: PickleScalar {
    static func read(_ decoder: ValueDecoder) throws -> String {
        guard case .str(let extent) = decoder.value.node else { throw decoder.mismatch(self) }
        let bytes = decoder.value.arena.bytes(extent)
        try decoder.budget.spend(bytes.count / 8, decoder.path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw decoder.path.corrupted("str holds lone surrogates, which a String cannot")
        }
        return text
    }
}

extension PickleString: PickleReadable {
    static func read(_ decoder: ValueDecoder) throws -> PickleString {
        guard case .str(let extent) = decoder.value.node else { throw decoder.mismatch(self) }
        try decoder.budget.spend(Int(extent.count) / 8, decoder.path)
        return PickleString(unchecked: Array(decoder.value.arena.bytes(extent)))
    }
}

extension PickleValue: PickleReadable {
    static func read(_ decoder: ValueDecoder) throws -> PickleValue { decoder.value }
}

// MARK: Containers

extension Optional: PickleReadable where Wrapped: Decodable {
    static func read(_ decoder: ValueDecoder) throws -> Wrapped? {
        decoder.decodeNil() ? nil : try decoder.decode(Wrapped.self)
    }
}

extension ValueDecoder {
    /// Decodes each item of a list or anything like it.
    fileprivate func elements<Element: Decodable>(
        _ container: Any.Type, _ body: (Element) -> Void
    ) throws {
        guard let items else { throw mismatch(container) }
        guard depth < PickleDecoder.nestingLimit else {
            throw path.corrupted("nested more than \(PickleDecoder.nestingLimit) levels deep")
        }
        for (index, id) in items.enumerated() {
            body(try child(id, .index(path, index)).decode(Element.self))
        }
    }
}

extension Array: PickleReadable where Element: Decodable {
    static func read(_ decoder: ValueDecoder) throws -> [Element] {
        if Element.self == UInt8.self {
            switch decoder.value.node {
            case .bytes(let extent), .byteArray(let extent):
                try decoder.budget.spend(Int(extent.count) / 8, decoder.path)
                let bytes = [UInt8](decoder.value.arena.bytes(extent))
                if let bytes = sameType(bytes, as: Self.self) { return bytes }
            default: break
            }
        } else if Element.self == Int.self, let ints = readInts(decoder),
            let ints = sameType(ints, as: Self.self)
        {
            try decoder.budget.spend(ints.count, decoder.path)
            return ints
        }
        var array: [Element] = []
        array.reserveCapacity(decoder.items?.count ?? 0)
        try decoder.elements(self) { array.append($0) }
        return array
    }

    /// All items, if all of them are ints.
    private static func readInts(_ decoder: ValueDecoder) -> [Int]? {
        guard let items = decoder.items else { return nil }
        var ints: [Int] = []
        ints.reserveCapacity(items.count)
        for id in items {
            guard case .int(let value) = decoder.value.arena[id] else { return nil }
            ints.append(value)
        }
        return ints
    }
}

extension Set: PickleReadable where Element: Decodable {
    static func read(_ decoder: ValueDecoder) throws -> Set<Element> {
        var set: Set<Element> = []
        try decoder.elements(self) { set.insert($0) }
        return set
    }
}

extension Dictionary: PickleReadable where Key: Decodable, Value: Decodable {
    static func read(_ decoder: ValueDecoder) throws -> [Key: Value] {
        guard let pairs = decoder.pairs else { throw decoder.mismatch(self) }
        guard decoder.depth < PickleDecoder.nestingLimit else {
            throw decoder.path.corrupted(
                "nested more than \(PickleDecoder.nestingLimit) levels deep")
        }
        var dictionary: [Key: Value] = [:]
        dictionary.reserveCapacity(pairs.count)
        for pair in pairs {
            let key = try decoder.child(pair.key, decoder.path).decode(Key.self)
            let path = CodingPath.key(decoder.path, PickleKey(stringValue: "\(key)"))
            dictionary[key] = try decoder.child(pair.value, path).decode(Value.self)
        }
        return dictionary
    }
}
