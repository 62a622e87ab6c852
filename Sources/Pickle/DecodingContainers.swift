/// Reads a dict with str keys, or the fields of an instance.
struct DictDecodingContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    /// The most fields that are looked for one by one.
    private static var searchLimit: Int { 16 }

    private let decoder: ValueDecoder
    private let fields: [(key: NodeID, value: NodeID)]
    /// The place of each field by name, where there are many.
    private let places: [String: Int]?

    init(_ decoder: ValueDecoder, _ fields: [(key: NodeID, value: NodeID)]) {
        self.decoder = decoder
        self.fields = fields
        guard fields.count > Self.searchLimit else {
            places = nil
            return
        }
        var places: [String: Int] = [:]
        for (index, field) in fields.enumerated() {
            if let name = decoder.value.sibling(field.key).string { places[name] = index }
        }
        self.places = places
    }

    var codingPath: [any CodingKey] { decoder.codingPath }

    var allKeys: [Key] {
        fields.compactMap { field in
            decoder.value.sibling(field.key).string.flatMap(Key.init(stringValue:))
        }
    }

    func contains(_ key: Key) -> Bool { find(key) != nil }

    private func find(_ key: any CodingKey) -> NodeID? {
        if let places { return places[key.stringValue].map { fields[$0].value } }
        let arena = decoder.value.arena
        var name = key.stringValue
        return name.withUTF8 { utf8 in
            fields.last { unsafe arena.text($0.key).elementsEqual(utf8) }?.value
        }
    }

    private func child(_ key: any CodingKey) throws -> ValueDecoder {
        guard let id = find(key) else {
            throw DecodingError.keyNotFound(
                key,
                .init(codingPath: codingPath, debugDescription: "no field \(key.stringValue)"))
        }
        return decoder.child(id, .key(decoder.path, key))
    }

    func decodeNil(forKey key: Key) throws -> Bool { try child(key).decodeNil() }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try child(key).decode(type)
    }

    func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
        if case .int(let value)? = node(key) { return value }
        return try child(key).decode(type)
    }

    func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
        if case .float(let value)? = node(key) { return value }
        return try child(key).decode(type)
    }

    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool {
        if case .bool(let value)? = node(key) { return value }
        return try child(key).decode(type)
    }

    func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
        try child(key).decode(type)
    }

    func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
        try child(key).decode(type)
    }

    private func node(_ key: Key) -> Node? { find(key).map { decoder.value.arena[$0] } }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try child(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try child(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { try child(PickleKey.super) }

    func superDecoder(forKey key: Key) throws -> any Decoder { try child(key) }
}

/// Reads a list or anything like it, item by item.
struct ListDecodingContainer: UnkeyedDecodingContainer {
    private let decoder: ValueDecoder
    private let items: ArraySlice<NodeID>
    private(set) var currentIndex = 0

    init(_ decoder: ValueDecoder, _ items: ArraySlice<NodeID>) {
        self.decoder = decoder
        self.items = items
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { items.count }
    var isAtEnd: Bool { currentIndex >= items.count }

    private func current(_ type: Any.Type) throws -> ValueDecoder {
        guard !isAtEnd else {
            let path = CodingPath.index(decoder.path, currentIndex)
            throw DecodingError.valueNotFound(
                type, .init(codingPath: path.keys, debugDescription: "the list has ended"))
        }
        return decoder.child(
            items[items.startIndex + currentIndex], .index(decoder.path, currentIndex))
    }

    mutating func decodeNil() throws -> Bool {
        guard try current(Any?.self).decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next(type) }

    mutating func decode(_ type: Int128.Type) throws -> Int128 { try next(type) }

    mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try next(type) }

    private mutating func next<T: Decodable>(_ type: T.Type) throws -> T {
        let result = try current(type).decode(type)
        currentIndex += 1
        return result
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try current([String: Any].self).container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try current([Any].self).unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try current((any Decoder).self)
        currentIndex += 1
        return decoder
    }
}
