public import Pickle

/// A call that has been written, and not been made: for ``Manager/batch(_:)``, which makes many at
/// once.
///
/// ```swift
/// let (size, first) = try await manager.batch {
///     try squares.deferred("__len__", returning: Int.self)
///     try squares.deferred("__getitem__", 1, returning: Int.self)
/// }
/// ```
///
/// SAFETY: what it does with a reply that is lent, it does before it returns.
@safe public struct RemoteCall<Result: Sendable>: Sendable {
    @usableFromInline let request: CompactBytes
    /// Whether it changes nothing.
    @usableFromInline let isRepeatable: Bool
    private let object: ObjectReference
    /// What a plain reply means; nil for any other.
    @usableFromInline let plain: @Sendable (UnsafeRawBufferPointer) -> Result?
    /// What any reply means.
    private let read: @Sendable ([UInt8], ObjectReference) async throws(ManagerError) -> Result

    @usableFromInline
    init(
        _ request: CompactBytes, isRepeatable: Bool, of object: ObjectReference,
        plain: @escaping @Sendable (UnsafeRawBufferPointer) -> Result?,
        read: @escaping @Sendable ([UInt8], ObjectReference) async throws(ManagerError) -> Result
    ) {
        self.request = request
        self.isRepeatable = isRepeatable
        self.object = object
        unsafe self.plain = plain
        self.read = read
    }

    /// The same call, whose result is made into something else.
    public func map<Other: Sendable>(
        _ transform: @escaping @Sendable (Result) -> Other
    ) -> RemoteCall<Other> {
        unsafe RemoteCall<Other>(request, isRepeatable: isRepeatable, of: object) {
            [plain = unsafe plain] message in
            unsafe plain(message).map(transform)
        } read: { [read] (message, object) throws(ManagerError) in
            transform(try await read(message, object))
        }
    }

    /// What the reply means.
    @usableFromInline
    func result(of message: [UInt8]) async throws(ManagerError) -> Result {
        if let result = unsafe message.withUnsafeBytes(plain) { return result }
        return try await read(message, object)
    }
}

extension ManagerProxy {
    /// Writes a call of a method, to be made in a batch.
    ///
    /// The method must not be one that waits: `get_nowait`, not `get`.
    ///
    /// - Parameters: as in ``call(_:_:keywords:returning:)``.
    /// - Throws: ``ManagerError`` with `encoding`.
    @inlinable
    public func deferred<Result: Decodable & Sendable, each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:], returning type: Result.Type
    ) throws(ManagerError) -> RemoteCall<Result> {
        let request = reference.under(
            try Request.compactCall(ident, method, repeat each argument, keywords: keywords))
        let isRepeatable = RepeatableCalls.contains(method, of: Self.pythonName)
        return unsafe RemoteCall(request, isRepeatable: isRepeatable, of: reference) { message in
            unsafe PlainReply.value(Result.self, message)
        } read: { (message, object) throws(ManagerError) in
            try await object.manager.result(of: message, object)
        }
    }

    /// Writes a call of a method whose result nobody wants, to be made in a batch.
    ///
    /// - Throws: ``ManagerError`` with `encoding`.
    @inlinable
    public func deferred<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:]
    ) throws(ManagerError) -> RemoteCall<Void> {
        let request = reference.under(
            try Request.compactCall(ident, method, repeat each argument, keywords: keywords))
        let isRepeatable = RepeatableCalls.contains(method, of: Self.pythonName)
        return unsafe RemoteCall(request, isRepeatable: isRepeatable, of: reference) { message in
            unsafe PlainReply.hasReturned(message) ? () : nil
        } read: { (message, object) throws(ManagerError) in
            try object.manager.ignoreResult(of: message, object)
        }
    }
}

/// Collects the calls of a batch: one a line.
@resultBuilder
public enum BatchBuilder {
    /// The calls, with the types of their results.
    public static func buildBlock<each Result: Sendable>(
        _ call: repeat RemoteCall<each Result>
    ) -> (repeat RemoteCall<each Result>) {
        (repeat each call)
    }
}
