/// The `Encoder` of one place in a value that is being written.
struct PlaceEncoder: Encoder, SingleValueEncodingContainer {
    let state: EncodingState
    let id: EncodingState.PlaceID
    let path: CodingPath

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { state.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        state.beginDict(id, path)
        return KeyedEncodingContainer(DictEncodingContainer(state: state, id: id, path: path))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        state.beginList(id, path)
        return ListEncodingContainer(state: state, id: id, path: path)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    // MARK: A single value

    func encodeNil() throws {
        try state.fill(id, path)
        state.writer.op(.none)
    }

    func encode<T: Encodable>(_ value: T) throws {
        try state.encode(value, in: id, path: path)
    }

    // The standard library's own of these two throw.

    func encode(_ value: Int128) throws { try state.encode(value, in: id, path: path) }

    func encode(_ value: UInt128) throws { try state.encode(value, in: id, path: path) }
}

/// Writes a dict with str keys.
struct DictEncodingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let state: EncodingState
    let id: EncodingState.PlaceID
    let path: CodingPath

    var codingPath: [any CodingKey] { path.keys }

    private func next(_ key: any CodingKey) throws {
        try state.nextItem(of: id, path)
        var name = key.stringValue
        name.withUTF8 { unsafe state.writer.str($0) }
    }

    func encodeNil(forKey key: Key) throws {
        try next(key)
        state.writer.op(.none)
    }

    func encode(_ value: Bool, forKey key: Key) throws {
        try next(key)
        state.writer.bool(value)
    }

    func encode(_ value: Int, forKey key: Key) throws {
        try next(key)
        state.writer.int(value)
    }

    func encode(_ value: Double, forKey key: Key) throws {
        try next(key)
        state.writer.float(value)
    }

    func encode(_ value: String, forKey key: Key) throws {
        try next(key)
        var value = value
        value.withUTF8 { unsafe state.writer.str($0) }
    }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try next(key)
        try state.encode(value, path: .key(path, key))
    }

    func encode(_ value: Int128, forKey key: Key) throws {
        try next(key)
        try state.encode(value, path: .key(path, key))
    }

    func encode(_ value: UInt128, forKey key: Key) throws {
        try next(key)
        try state.encode(value, path: .key(path, key))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        nested(key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { nested(PickleKey.super) }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: any CodingKey) -> PlaceEncoder {
        do {
            try next(key)
        } catch {
            state.fail(error)
        }
        return PlaceEncoder(state: state, id: state.openPlace(), path: .key(path, key))
    }
}

/// Writes a list.
struct ListEncodingContainer: UnkeyedEncodingContainer {
    let state: EncodingState
    let id: EncodingState.PlaceID
    let path: CodingPath
    private(set) var count = 0

    init(state: EncodingState, id: EncodingState.PlaceID, path: CodingPath) {
        self.state = state
        self.id = id
        self.path = path
    }

    var codingPath: [any CodingKey] { path.keys }

    private mutating func next() throws -> CodingPath {
        defer { count += 1 }
        try state.nextItem(of: id, path)
        return .index(path, count)
    }

    mutating func encodeNil() throws {
        _ = try next()
        state.writer.op(.none)
    }

    mutating func encode<T: Encodable>(_ value: T) throws {
        try state.encode(value, path: try next())
    }

    mutating func encode(_ value: Int128) throws { try state.encode(value, path: try next()) }

    mutating func encode(_ value: UInt128) throws { try state.encode(value, path: try next()) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) -> KeyedEncodingContainer<NestedKey> {
        nested().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        nested().unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { nested() }

    private mutating func nested() -> PlaceEncoder {
        do {
            let path = try next()
            return PlaceEncoder(state: state, id: state.openPlace(), path: path)
        } catch {
            state.fail(error)
            return PlaceEncoder(state: state, id: state.openPlace(), path: path)
        }
    }
}
