internal import Connections
public import Pickle
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
        if let room = Request.room(
            reference.ident, method, repeat each argument, keywords: keywords)
        {
            var result: Result?
            let exchange = try unsafe exchangePlain(room: room) { writer in
                Request.write(reference.ident, method, repeat each argument, to: &writer)
            } _: { reply in
                result = unsafe PlainReply.value(Result.self, reply)
                return result != nil
            }
            if let result { return result }
            if case .replied(let message) = exchange { return try self.result(of: message) }
        }
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
        if let room = Request.room(
            reference.ident, method, repeat each argument, keywords: keywords)
        {
            let exchange = try unsafe exchangePlain(room: room) { writer in
                Request.write(reference.ident, method, repeat each argument, to: &writer)
            } _: { reply in
                unsafe PlainReply.hasReturned(reply)
            }
            switch exchange {
            case .taken: return
            case .replied(let message): return try ignoreResult(of: message)
            case .notMade: break
            }
        }
        try ignoreResult(
            of: try exchange(
                try Request.call(
                    reference.ident, method, repeat each argument, keywords: keywords)))
    }

    @usableFromInline
    func ignoreResult(of message: [UInt8]) throws(ManagerError) {
        if PlainReply.hasReturned(message) { return }
        try reference.manager.ignoreResult(of: message, reference)
    }

    /// What came of a call that could be made at once.
    @usableFromInline
    enum PlainExchange {
        /// Its reply was taken.
        case taken
        case replied([UInt8])
        /// It is to be made in the other way: nothing of it has gone.
        case notMade
    }

    /// Makes a call of plain arguments on the line that is at hand. It is written, and its reply
    /// taken, where they stand.
    ///
    /// - Parameters:
    ///   - room: how many bytes the request has at most.
    ///   - take: takes the reply, or says that it does not.
    @usableFromInline
    func exchangePlain(
        room: Int, _ write: (inout PlainWriter) -> Void,
        _ take: (UnsafeRawBufferPointer) -> Bool
    ) throws(ManagerError) -> PlainExchange {
        guard !CallObservation.isOn, reference.fence == nil, room < Self.shortRoom,
            let line = line.withLock({ $0 })
        else { return .notMade }
        let timeout = reference.manager.limits.callTimeout
        do throws(ConnectionError) {
            let reply = try unsafe line.exchange(room: room, timeout: timeout) { memory in
                var writer = unsafe PlainWriter(memory)
                write(&writer)
                return writer.count
            } _: { reply in
                unsafe take(reply)
            }
            return reply.map { .replied($0) } ?? .taken
        } catch {
            lose(line)
            let error = ManagerError(error, inCall: true)
            guard error.isServerAway else { throw error }
            return .notMade
        }
    }

    /// Longer requests are not made at once.
    private static let shortRoom = 16_384

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
        try reference.manager.contact.checkLength(request.count)
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
    /// have been answered, and need no other thread, but for the first, which waits for Swift's
    /// threads to open its connection.
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
