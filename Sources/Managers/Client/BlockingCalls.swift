internal import Connections
internal import Sockets
internal import Synchronization

/// Calls of one object for a thread that may be held up: see ``ManagerProxy/blocking``.
///
/// Each thread should have its own. It is the owner of what it acquires: an RLock, or the lock of a
/// condition, that it has not released goes with it.
public final class BlockingCalls: Sendable {
    @usableFromInline let reference: ObjectReference
    private let line = Mutex<BlockingLine?>(nil)

    init(_ reference: ObjectReference) {
        self.reference = reference
    }

    deinit {
        guard let line = line.withLock({ $0 }) else { return }
        // What may be held on it goes with it.
        if reference.exposed.contains("acquire") {
            reference.manager.blockingLines.discard(line)
        } else {
            reference.manager.blockingLines.giveBack(line)
        }
    }

    /// Calls a method of the object, and holds the calling thread up until it has returned.
    ///
    /// - Parameters: as in ``ManagerProxy/call(_:_:keywords:returning:)``.
    /// - Throws: ``ManagerError``.
    @inlinable
    public func call<Result: Decodable & Sendable, each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:],
        returning type: Result.Type = Result.self
    ) throws(ManagerError) -> Result {
        var message = try exchange(
            try Request.call(
                reference.ident, method, repeat each argument, keywords: keywords))
        if let plain = PlainReply.take(Result.self, &message) { return plain }
        return try result(of: message)
    }

    /// Calls a method, looks at no result, and holds the calling thread up until it has returned.
    ///
    /// - Throws: ``ManagerError``.
    @inlinable
    public func call<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        keywords: KeyValuePairs<String, any Encodable> = [:]
    ) throws(ManagerError) {
        let message = try exchange(
            try Request.call(
                reference.ident, method, repeat each argument, keywords: keywords))
        if PlainReply.hasReturned(message) { return }
        try reference.manager.ignoreResult(of: message, reference)
    }

    /// What a reply means that is not plain.
    @usableFromInline
    func result<Result: Decodable & Sendable>(of message: [UInt8]) throws(ManagerError) -> Result {
        try waitHere { [reference] () throws(ManagerError) in
            try await reference.manager.result(of: message, reference)
        }
    }

    /// A request that has not gone is sent again, on another line: those that are kept may all have
    /// ended.
    @usableFromInline
    func exchange(_ request: [UInt8]) throws(ManagerError) -> [UInt8] {
        let request = reference.under(request)
        let limits = reference.manager.limits
        var left = limits.idleConnections + 2
        while true {
            let line = try ownLine()
            let observation = CallObservation(request, at: reference.manager.address)
            do throws(ConnectionError) {
                let message = try line.exchange(request, timeout: limits.callTimeout)
                observation?.replied(message)
                return message
            } catch {
                lose(line)
                left -= 1
                let error = ManagerError(error, inCall: true)
                observation?.failed(error)
                guard error.isServerAway, left > 0 else { throw error }
            }
        }
    }

    private func ownLine() throws(ManagerError) -> BlockingLine {
        if let own = line.withLock({ $0 }) { return own }
        let new = try reference.manager.blockingLines.take()
        line.withLock { $0 = new }
        return new
    }

    private func lose(_ lost: BlockingLine) {
        line.withLock { line in
            if line === lost { line = nil }
        }
        reference.manager.blockingLines.discard(lost)
    }
}

extension ManagerProxy {
    /// The object, for threads that are no tasks and may be held up: its calls return when they
    /// have been answered, and need no other thread.
    ///
    /// ```swift
    /// let counts = dict.blocking
    /// let one: Int = try counts.call("__getitem__", "one")
    /// ```
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: BlockingCalls { BlockingCalls(reference) }
}

/// Does something asynchronous, and holds the calling thread up until it is done.
func waitHere<Outcome: Sendable>(
    _ body: @escaping @Sendable () async throws(ManagerError) -> Outcome
) throws(ManagerError) -> Outcome {
    let result: Result<Outcome, ManagerError>
    do throws(SocketError) {
        result = try IOLoop.wait {
            do throws(ManagerError) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
    } catch {
        throw .system(error)
    }
    return try result.get()
}
