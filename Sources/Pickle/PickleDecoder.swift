/// Decodes Swift values from pickles that Python wrote: the other way round of ``PickleEncoder``.
///
/// Where Python has several types for one of Swift's, all of them are taken:
///
/// ```text
/// Swift                     | Python
/// --------------------------+--------------------------------------------------------------
/// Bool                      | bool
/// integers                  | int, bool, member of an enum of ints
/// Double, Float             | float, int, member of an enum of these
/// String                    | str, member of an enum of these
/// [UInt8], Data             | bytes, bytearray, list or tuple of ints
/// other arrays, Set         | list, tuple, set, frozenset, namedtuple, deque
/// Dictionary                | dict, OrderedDict, defaultdict, Counter
/// Date                      | datetime with a timezone; float, int
/// Duration                  | timedelta; float, int
/// Decimal                   | Decimal, int
/// UUID                      | UUID, str
/// nil                       | None
/// a Codable struct          | dict with str keys, instance whose state is such a dict or has slots
/// PickleValue               | anything
/// ```
///
/// An instance of a class that is derived from one of these in Python is taken like it. A number
/// that does not fit its type is a `DecodingError`, as is any other type; it names the
/// coding path.
public struct PickleDecoder: Sendable {
    /// How deeply values may be nested that are decoded by a type's own `init(from:)`, in levels.
    /// This bounds the recursion that a pickle can cause.
    public static let nestingLimit = 256

    /// What a pickle may cost.
    public var limits: PickleLimits
    /// What the types that are decoded may ask their decoder for.
    public var userInfo: [CodingUserInfoKey: any Sendable] = [:]

    /// Makes a decoder that reads pickles within limits.
    public init(limits: PickleLimits = .decoding) {
        self.limits = limits
    }

    /// Decodes a whole pickle: PROTO … STOP, of any protocol.
    ///
    /// - Throws: ``PickleError`` if the bytes are not a pickle that can be read as data,
    ///   `DecodingError` if what they hold is not of this type.
    public func decode<T: Decodable>(_ type: T.Type, from pickle: [UInt8]) throws -> T {
        if let list = PlainList.value(type, pickle, limits) { return list }
        return try decode(type, from: PickleValue(pickle: pickle, limits: limits))
    }

    /// Decodes instructions that stand alone and push one value.
    package func decode<T: Decodable>(
        _ type: T.Type, fromBody body: UnsafeRawBufferPointer
    ) throws -> T {
        try decode(type, from: unsafe PickleValue(body: body, limits: limits))
    }

    /// Decodes a value that has been read already.
    ///
    /// - Throws: `DecodingError`.
    public func decode<T: Decodable>(_ type: T.Type, from value: PickleValue) throws -> T {
        // What is there may be read, however much it is: only what is repeated has a limit.
        let size = value.arena.nodes.count + value.arena.data.count / 8
        let budget = DecodingBudget(limits.nodes + 2 * size, userInfo: userInfo)
        return try ValueDecoder(value: value, path: .root, depth: 0, budget: budget).decode(type)
    }
}

/// How many more values may be decoded: what stops a small pickle that shares its parts from
/// becoming many.
final class DecodingBudget {
    private var remaining: Int
    /// What has been found out of types, nil for those that are read by their `init(from:)`.
    private var readers: [ObjectIdentifier: (any PickleReadable.Type)?] = [:]
    /// What the caller gave for all of the values.
    let userInfo: [CodingUserInfoKey: any Sendable]

    init(_ values: Int, userInfo: [CodingUserInfoKey: any Sendable]) {
        remaining = values
        self.userInfo = userInfo
    }

    func spend(_ values: Int, _ path: CodingPath) throws {
        remaining -= values
        guard remaining >= 0 else { throw path.corrupted("too many values, counting shared ones") }
    }

    func reader<T>(of type: T.Type) -> (any PickleReadable.Type)? {
        let key = ObjectIdentifier(type)
        if let known = KnownTypes.readers[key] { return known }
        if let found = readers[key] { return found }
        let reader = type as? any PickleReadable.Type
        readers[key] = .some(reader)
        return reader
    }
}

/// The `Decoder` of one value, and what decodes it.
struct ValueDecoder: Decoder, SingleValueDecodingContainer {
    let value: PickleValue
    let path: CodingPath
    let depth: Int
    let budget: DecodingBudget

    var codingPath: [any CodingKey] { path.keys }
    var userInfo: [CodingUserInfoKey: Any] { budget.userInfo }

    // MARK: Decoding

    func decode<T: Decodable>(_ type: T.Type) throws -> T { try read(type) }

    // The standard library's own of these two throw.

    func decode(_ type: Int128.Type) throws -> Int128 { try read(type) }

    func decode(_ type: UInt128.Type) throws -> UInt128 { try read(type) }

    private func read<T: Decodable>(_ type: T.Type) throws -> T {
        try budget.spend(1, path)
        if let reader = budget.reader(of: type) {
            if let scalar, reader is any PickleScalar.Type {
                return try scalar.decode(type)
            }
            return try reader.read(self, as: type)
        }
        guard depth < PickleDecoder.nestingLimit else {
            throw path.corrupted("nested more than \(PickleDecoder.nestingLimit) levels deep")
        }
        return try T(from: self)
    }

    func decodeNil() -> Bool {
        if case .none = value.node { true } else { false }
    }

    func mismatch(_ type: Any.Type) -> DecodingError { path.mismatch(type, value) }

    // MARK: Containers

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let fields else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(DictDecodingContainer(self, fields))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let items else { throw mismatch([Any].self) }
        return ListDecodingContainer(self, items)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }
}
