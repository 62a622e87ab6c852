/// A proxy for a shared dict.
///
/// What a Swift type is in Python is told at `PickleEncoder`. Changing a value that was got changes
/// the copy; to change the shared one, `set` it again.
///
/// Keys are compared as Python does. So what Python cannot hash (structs, arrays, dictionaries) is
/// no key there and here a `TypeError`, and strings that Swift takes for equal though their code
/// points differ, as `é` may be written in two ways, are two keys.
public struct DictProxy<Key: Codable & Hashable & Sendable, Value: Codable & Sendable>:
    ManagerProxy
{
    /// Python's class for it.
    public static var pythonName: String { "DictProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    // MARK: Looking

    /// The key's value, nil where there is none: `d.get(key)`. Of values that may be nil themselves
    /// such a one is told from none.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func get(_ key: Key) async throws(ManagerError) -> Value? {
        if Value.self is any ExpressibleByNilLiteral.Type {
            return try await found("__getitem__", key)
        }
        return try await call("get", key)
    }

    /// What a method gives that raises KeyError where there is no such key; nil then.
    @usableFromInline
    func found(_ method: String, _ key: Key) async throws(ManagerError) -> Value? {
        do throws(ManagerError) {
            return try await call(method, key, returning: Value.self)
        } catch  where error.raised("KeyError") {
            return nil
        }
    }

    /// The key's value, nil where there is none: `d.get(key)`.
    ///
    /// - Throws: ``ManagerError``.
    public subscript(key: Key) -> Value? {
        @inlinable
        get async throws(ManagerError) { try await get(key) }
    }

    /// The key's value, another one where there is none: `d.get(key, fallback)`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func get(_ key: Key, default fallback: Value) async throws(ManagerError) -> Value {
        try await call("get", key, fallback)
    }

    /// The key's value: `d[key]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`KeyError`) where there is none.
    @inlinable
    public func value(forKey key: Key) async throws(ManagerError) -> Value {
        try await call("__getitem__", key)
    }

    /// Whether there is such a key: `key in d`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func contains(_ key: Key) async throws(ManagerError) -> Bool {
        try await call("__contains__", key)
    }

    /// How many keys there are: `len(d)`.
    ///
    /// - Throws: ``ManagerError``.
    public var count: Int {
        get async throws(ManagerError) { try await call("__len__") }
    }

    /// Whether there are no keys.
    ///
    /// - Throws: ``ManagerError``.
    public var isEmpty: Bool {
        get async throws(ManagerError) { try await count == 0 }
    }

    /// The keys, in the order in which they came: `d.keys()`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func keys() async throws(ManagerError) -> [Key] {
        try await call("keys")
    }

    /// The values, in the order of their keys: `d.values()`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func values() async throws(ManagerError) -> [Value] {
        try await call("values")
    }

    /// The keys, each with its value, in order: `d.items()`.
    ///
    /// - Throws: ``ManagerError``.
    public func items() async throws(ManagerError) -> [(key: Key, value: Value)] {
        let items: [DictItem<Key, Value>] = try await call("items")
        return items.map { ($0.key, $0.value) }
    }

    /// All of it: `d.copy()`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func copy() async throws(ManagerError) -> [Key: Value] {
        try await call("copy")
    }

    /// Goes through the keys: `iter(d)`. It ends with an error once the dict changes its size.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func makeIterator() async throws(ManagerError) -> IteratorProxy<Key> {
        try await call("__iter__")
    }

    // MARK: Changing

    /// Sets the key's value: `d[key] = value`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func set(_ value: Value, forKey key: Key) async throws(ManagerError) {
        try await call("__setitem__", key, value)
    }

    /// The key's value; where there is none, sets this one: `d.setdefault(key, value)`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    @discardableResult
    public func setDefault(_ value: Value, forKey key: Key) async throws(ManagerError) -> Value {
        try await call("setdefault", key, value)
    }

    /// Sets all of these: `d.update(other)`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func update(_ other: [Key: Value]) async throws(ManagerError) {
        try await call("update", other)
    }

    /// Removes the key and gives its value, nil where there was none: `d.pop(key, None)`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    @discardableResult
    public func removeValue(forKey key: Key) async throws(ManagerError) -> Value? {
        if Value.self is any ExpressibleByNilLiteral.Type { return try await found("pop", key) }
        return try await call("pop", key, Value?.none)
    }

    /// Removes the key and gives its value: `d.pop(key)`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`KeyError`) where there is none.
    @inlinable
    public func pop(_ key: Key) async throws(ManagerError) -> Value {
        try await call("pop", key)
    }

    /// Removes the key and gives its value, another one where there was none: `d.pop(key,
    /// fallback)`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func pop(_ key: Key, default fallback: Value) async throws(ManagerError) -> Value {
        try await call("pop", key, fallback)
    }

    /// Removes the key that came last and gives it with its value: `d.popitem()`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`KeyError`) for an empty dict.
    public func popItem() async throws(ManagerError) -> (key: Key, value: Value) {
        let item: DictItem<Key, Value> = try await call("popitem")
        return (item.key, item.value)
    }

    /// Removes the key: `del d[key]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`KeyError`) where there is none.
    @inlinable
    public func remove(_ key: Key) async throws(ManagerError) {
        try await call("__delitem__", key)
    }

    /// Removes everything: `d.clear()`.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func clear() async throws(ManagerError) {
        try await call("clear")
    }
}

/// A key and its value, which Python has as a tuple.
private struct DictItem<Key: Decodable, Value: Decodable>: Decodable {
    let key: Key
    let value: Value

    init(from decoder: any Decoder) throws {
        var parts = try decoder.unkeyedContainer()
        key = try parts.decode(Key.self)
        value = try parts.decode(Value.self)
    }
}
