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
        var replies = Replies(try await messages(requests))
        return (repeat try await replies.next(each calls))
    }

    /// Makes many calls of one kind at once, as ``batch(_:)-(()->_)`` does.
    ///
    /// - Returns: what came of each, in order.
    /// - Throws: ``ManagerError`` where none of them reached the server.
    public func batch<Outcome: Sendable>(
        _ calls: [RemoteCall<Outcome>]
    ) async throws(ManagerError) -> [Result<Outcome, ManagerError>] {
        var replies = Replies(try await messages(calls.map(\.request)))
        var outcomes: [Result<Outcome, ManagerError>] = []
        outcomes.reserveCapacity(calls.count)
        for call in calls {
            do throws(ManagerError) {
                outcomes.append(.success(try await replies.next(call)))
            } catch {
                outcomes.append(.failure(error))
            }
        }
        return outcomes
    }

    /// The replies to a batch, one after the other.
    private struct Replies {
        private let outcomes: [Result<[UInt8], ManagerError>]
        private var position = 0

        init(_ outcomes: [Result<[UInt8], ManagerError>]) {
            self.outcomes = outcomes
        }

        mutating func next<Outcome>(
            _ call: RemoteCall<Outcome>
        ) async throws(ManagerError) -> Outcome {
            defer { position += 1 }
            return try await call.read(try outcomes[position].get())
        }
    }

    private func messages(
        _ requests: [[UInt8]]
    ) async throws(ManagerError) -> [Result<[UInt8], ManagerError>] {
        guard !requests.isEmpty else { return [] }
        let line = try await shared.connection()
        guard let line = line as? TaggedLine else {
            return await inOrder(requests)
        }
        return await line.exchange(requests, timeout: limits.callTimeout).map { outcome in
            outcome.mapError { ManagerError($0, inCall: true) }
        }
    }

    private func inOrder(_ requests: [[UInt8]]) async -> [Result<[UInt8], ManagerError>] {
        var outcomes: [Result<[UInt8], ManagerError>] = []
        for request in requests {
            do throws(ManagerError) {
                outcomes.append(.success(try await message(request)))
            } catch {
                outcomes.append(.failure(error))
            }
        }
        return outcomes
    }
}
