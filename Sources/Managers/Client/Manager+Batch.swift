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
        var replies = try await replies(to: requests)[...]
        return (repeat try await (each calls).result(of: replies.removeFirst().get()))
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
            if let message = replies[index].message,
                let plain = calls[index].plainResult(of: message)
            {
                outcomes.append(.success(plain))
                continue
            }
            do throws(ManagerError) {
                let message = try replies[index].get()
                outcomes.append(.success(try await calls[index].result(of: message)))
            } catch {
                outcomes.append(.failure(error))
            }
        }
        return outcomes
    }

    /// What came of one request of a batch: small, for there are many.
    @usableFromInline
    struct BatchReply {
        /// The reply as it came; nil where none has.
        @usableFromInline let message: [UInt8]?
        private let error: (any Error)?

        init(_ outcome: ExchangeOutcome) {
            switch outcome {
            case .reply(let message): self.init(message)
            case .failure(let error): self.init(ManagerError(error, inCall: true))
            }
        }

        init(_ message: [UInt8]) {
            self.message = message
            error = nil
        }

        init(_ error: ManagerError) {
            message = nil
            self.error = error
        }

        @usableFromInline
        func get() throws(ManagerError) -> [UInt8] {
            if let message { return message }
            throw error as? ManagerError ?? .closed
        }

        /// Whether nothing of the request has reached a server.
        var isUnsent: Bool { (error as? ManagerError)?.isServerAway ?? false }
    }

    @usableFromInline
    func replies(to requests: [[UInt8]]) async throws(ManagerError) -> [BatchReply] {
        guard !requests.isEmpty else { return [] }
        guard let line = try await shared.connection() as? TaggedLine else {
            return await inOrder(requests)
        }
        var replies = await line.exchange(requests, timeout: limits.callTimeout)
            .map(BatchReply.init)
        // The connection had ended, or ended meanwhile: the rest is made on the next, in order.
        guard replies.last?.isUnsent == true else { return replies }
        let sent = replies.count - replies.reversed().prefix(while: \.isUnsent).count
        replies.removeSubrange(sent...)
        return replies + (await inOrder(requests[sent...]))
    }

    private func inOrder(_ requests: some Sequence<[UInt8]>) async -> [BatchReply] {
        var replies: [BatchReply] = []
        for request in requests {
            do throws(ManagerError) {
                replies.append(BatchReply(try await message(request)))
            } catch {
                replies.append(BatchReply(error))
            }
        }
        return replies
    }
}
