internal import Pickle

/// A call that has been written, and not been made: for ``Manager/batch(_:)``, which makes many at
/// once.
///
/// ```swift
/// let (size, first) = try await manager.batch {
///     try squares.deferred("__len__", returning: Int.self)
///     try squares.deferred("__getitem__", 1, returning: Int.self)
/// }
/// ```
public struct RemoteCall<Result: Sendable>: Sendable {
    let request: [UInt8]
    /// What the reply means.
    let read: @Sendable ([UInt8]) async throws(ManagerError) -> Result

    /// The same call, whose result is made into something else.
    public func map<Other: Sendable>(
        _ transform: @escaping @Sendable (Result) -> Other
    ) -> RemoteCall<Other> {
        RemoteCall<Other>(request: request) { [read] (message) throws(ManagerError) in
            transform(try await read(message))
        }
    }
}

extension ManagerProxy {
    /// Writes a call of a method, to be made in a batch.
    ///
    /// The method must not be one that waits: `get_nowait`, not `get`.
    ///
    /// - Parameters: as in ``call(_:_:keywords:returning:)``.
    /// - Throws: ``ManagerError`` with `encoding`.
    public func deferred<Result: Decodable & Sendable, each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:], returning type: Result.Type
    ) throws(ManagerError) -> RemoteCall<Result> {
        let reference = reference
        return RemoteCall(
            request: try Request.call(
                ident, method, repeat each argument, keywords: keywords)
        ) { (message) throws(ManagerError) in
            if let plain = PlainReply.value(Result.self, message) { return plain }
            return try await reference.manager.result(of: try Reply(message), reference)
        }
    }

    /// Writes a call of a method whose result nobody wants, to be made in a batch.
    ///
    /// - Throws: ``ManagerError`` with `encoding`.
    public func deferred<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:]
    ) throws(ManagerError) -> RemoteCall<Void> {
        let reference = reference
        return RemoteCall(
            request: try Request.call(
                ident, method, repeat each argument, keywords: keywords)
        ) { (message) throws(ManagerError) in
            if PlainReply.hasReturned(message) { return }
            try reference.manager.ignoreResult(of: try Reply(message), reference)
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
