internal import Connections

extension Manager {
    /// Makes many calls at once: they go in one write, and the caller is woken once, when all have
    /// been answered.
    ///
    /// ```swift
    /// let (size, first) = try await manager.batch {
    ///     try squares.deferred("__len__", returning: Int.self)
    ///     try squares.deferred("__getitem__", 1, returning: Int.self)
    /// }
    /// ```
    ///
    /// All are made, in order, whatever comes of one; other clients' calls may come between them.
    ///
    /// - Throws: ``ManagerError``: what the first of them threw that threw.
    /// - Note: To a CPython server they go one after the other.
    public func batch<each Result: Sendable>(
        @BatchBuilder _ calls: () throws(ManagerError) -> (repeat RemoteCall<each Result>)
    ) async throws(ManagerError) -> (repeat each Result) {
        let calls = try calls()
        var requests: [[UInt8]] = []
        for call in repeat each calls { requests.append(call.request) }
        let replies = try await replies(to: requests)
        var next = 0
        return (repeat try await (each calls).result(of: replies.message(&next)))
    }

    /// Makes many calls of one kind at once, as ``batch(_:)-(()->_)`` does.
    ///
    /// - Returns: what came of each, in order.
    /// - Throws: ``ManagerError`` where none of them reached the server.
    @inlinable
    public func batch<Outcome: Sendable>(
        _ calls: [RemoteCall<Outcome>]
    ) async throws(ManagerError) -> [Result<Outcome, ManagerError>] {
        var requests: [[UInt8]] = []
        requests.reserveCapacity(calls.count)
        for call in calls { requests.append(call.request) }
        let replies = try await replies(to: requests)
        var outcomes: [Result<Outcome, ManagerError>] = []
        outcomes.reserveCapacity(calls.count)
        for index in calls.indices {
            let plain = unsafe replies.withMessage(index) { message in
                unsafe calls[index].plainResult(of: message)
            }
            if let plain {
                outcomes.append(.success(plain))
                continue
            }
            do throws(ManagerError) {
                let message = try replies.message(index)
                outcomes.append(.success(try await calls[index].result(of: message)))
            } catch {
                outcomes.append(.failure(error))
            }
        }
        return outcomes
    }

    @usableFromInline
    func replies(to requests: [[UInt8]]) async throws(ManagerError) -> BatchReplies {
        guard !requests.isEmpty else { return BatchReplies(ReplyBatch()) }
        guard let line = try await shared.connection() as? TaggedLine else {
            return BatchReplies(ReplyBatch(), await inOrder(requests))
        }
        let observation = CallObservation(batchOf: requests.count, at: address)
        var replies = await line.exchange(requests, timeout: limits.callTimeout)
        // The connection had ended, or ended meanwhile: the rest is made on the next, in order.
        var sent = replies.count
        while sent > 0, let error = replies.failure(sent - 1),
            ManagerError(error, inCall: true).isServerAway
        {
            sent -= 1
        }
        let unsent = requests[sent...]
        replies.removeLast(unsent.count)
        if let error = replies.firstFailure {
            observation?.failed(ManagerError(error, inCall: true))
        } else {
            observation?.replied()
        }
        return BatchReplies(replies, await inOrder(unsent))
    }

    private func inOrder(
        _ requests: some Sequence<[UInt8]>
    ) async -> [Result<[UInt8], ManagerError>] {
        var replies: [Result<[UInt8], ManagerError>] = []
        for request in requests {
            do throws(ManagerError) {
                replies.append(.success(try await message(request)))
            } catch {
                replies.append(.failure(error))
            }
        }
        return replies
    }
}

/// The replies to a batch.
@usableFromInline
struct BatchReplies {
    /// Those that came together.
    private let together: ReplyBatch
    /// Those that came one by one, behind them.
    private let singly: [Result<[UInt8], ManagerError>]

    init(_ together: ReplyBatch, _ singly: [Result<[UInt8], ManagerError>] = []) {
        self.together = together
        self.singly = singly
    }

    /// Those that came together, to be read at `place(_:)`.
    @usableFromInline var bytes: [UInt8] { together.bytes }

    /// Where a reply stands, if it is one of those.
    @usableFromInline
    func place(_ index: Int) -> Range<Int>? {
        index < together.count ? together[index] : nil
    }

    /// Lends a reply that came with others; does nothing where it did not.
    @inlinable @inline(__always)
    func withMessage<Outcome>(
        _ index: Int, _ body: (UnsafeRawBufferPointer) -> Outcome?
    ) -> Outcome? {
        guard let place = place(index) else { return nil }
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe body(UnsafeRawBufferPointer(rebasing: bytes[place]))
        }
    }

    /// A reply as it came.
    @usableFromInline
    func message(_ index: Int) throws(ManagerError) -> [UInt8] {
        guard index < together.count else { return try singly[index - together.count].get() }
        if let place = together[index] { return Array(together.bytes[place]) }
        throw together.failure(index).map { ManagerError($0, inCall: true) } ?? .closed
    }

    /// The reply as it came whose turn it is.
    func message(_ next: inout Int) throws(ManagerError) -> [UInt8] {
        defer { next += 1 }
        return try message(next)
    }
}
