internal import Connections
public import Pickle

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
        @BatchBuilder _ calls: () throws -> (repeat RemoteCall<each Result>)
    ) async throws(ManagerError) -> (repeat each Result) {
        // Untyped, for Swift does not find out by itself what the lines of a closure throw.
        let written: (repeat RemoteCall<each Result>)
        do {
            written = try calls()
        } catch {
            throw error as? ManagerError
                ?? ManagerError(.encoding, "a call of the batch: \(error)", underlying: error)
        }
        var requests: [CompactBytes] = []
        var change = false
        for call in repeat each written {
            requests.append(call.request)
            change = change || !call.isRepeatable
        }
        let replies = try await replies(to: requests, thatChange: change)
        var next = 0
        // All are looked at before the first throws: each may have made an object.
        let results = (repeat await Self.result(of: each written, replies, &next))
        return (repeat try (each results).get())
    }

    private static func result<Outcome>(
        of call: RemoteCall<Outcome>, _ replies: BatchReplies, _ next: inout Int
    ) async -> Result<Outcome, ManagerError> {
        do throws(ManagerError) {
            return .success(try await call.result(of: replies.message(&next)))
        } catch {
            return .failure(error)
        }
    }

    /// Makes many calls of one kind at once, as ``batch(_:)-(()->_)`` does.
    ///
    /// - Returns: what came of each, in order.
    /// - Throws: ``ManagerError`` where none of them reached the server.
    @inlinable
    public func batch<Outcome: Sendable>(
        _ calls: [RemoteCall<Outcome>]
    ) async throws(ManagerError) -> [Result<Outcome, ManagerError>] {
        let (requests, change) = unsafe calls.withUnsafeBufferPointer { calls in
            // By their places: a call is long, and its references need not all be counted.
            var requests: [CompactBytes] = []
            requests.reserveCapacity(calls.count)
            var change = false
            for index in calls.indices {
                unsafe requests.append(calls[index].request)
                change = unsafe change || !calls[index].isRepeatable
            }
            return (requests, change)
        }
        let replies = try await replies(to: requests, thatChange: change)
        var outcomes: [Result<Outcome, ManagerError>] = []
        outcomes.reserveCapacity(calls.count)
        while true {
            unsafe calls.withUnsafeBufferPointer { calls in
                while outcomes.count < calls.count,
                    let plain = unsafe replies.withMessage(
                        outcomes.count, calls[outcomes.count].plain)
                {
                    outcomes.append(.success(plain))
                }
            }
            // One whose reply is not plain.
            guard outcomes.count < calls.count else { return outcomes }
            do throws(ManagerError) {
                let message = try replies.message(outcomes.count)
                outcomes.append(.success(try await calls[outcomes.count].result(of: message)))
            } catch {
                outcomes.append(.failure(error))
            }
        }
    }

    /// - Parameter change: whether one of them changes something.
    @usableFromInline
    func replies(
        to requests: [CompactBytes], thatChange change: Bool
    ) async throws(ManagerError) -> BatchReplies {
        guard !requests.isEmpty else { return BatchReplies(ReplyBatch()) }
        var singly: [Int: Result<[UInt8], ManagerError>] = [:]
        var away: ManagerError?
        for request in requests { try contact.checkLength(request.long?.count ?? 0) }
        guard let line = try await shared.connection() as? TaggedLine else {
            for index in requests.indices {
                singly[index] = await result(
                    of: requests[index].bytes, thatChanges: change, away: &away)
            }
            return BatchReplies(ReplyBatch(), singly)
        }
        let observation = CallObservation(batchOf: requests.count, at: address)
        let replies = await line.exchange(
            requests, keepsOutcomes: change, timeout: limits.callTimeout)
        var failure: ManagerError?
        // The connection had ended, or ended meanwhile: what has come of them, in order.
        for (index, reason) in replies.missing {
            let result = await result(
                of: requests[index].bytes, thatChanges: change, after: reason, away: &away)
            if case .failure(let error) = result { failure = failure ?? error }
            singly[index] = result
        }
        if let failure {
            observation?.failed(failure)
        } else {
            observation?.replied()
        }
        return BatchReplies(replies, singly)
    }

    /// Makes a call by itself; first finds out what has come of it, where its reply was lost.
    ///
    /// - Parameter away: why the server cannot be reached: it is waited for once, and not for each
    ///   call of a batch.
    private func result(
        of request: [UInt8], thatChanges change: Bool, after reason: ConnectionError? = nil,
        away: inout ManagerError?
    ) async -> Result<[UInt8], ManagerError> {
        let loss = reason.map { ManagerError($0, inCall: true) }
        do throws(ManagerError) {
            if let away {
                // The caller is not told what it gave, whoever may be.
                if let call = reason?.lostCall { releases.takeBack([call]) }
                throw loss ?? away
            }
            if let loss, let message = try await recover(from: loss, isRepeatable: !change) {
                return .success(message)
            }
            return .success(try await message(request, isRepeatable: !change))
        } catch {
            let isLost = error.code == .unreachable || error.code == .connectionLost
            if away == nil, isLost, !shared.isOpen { away = error }
            return .failure(error)
        }
    }
}

/// The replies to a batch.
@usableFromInline
struct BatchReplies {
    /// Those that came together.
    private let together: ReplyBatch
    /// What came one by one, by its place.
    private let singly: [Int: Result<[UInt8], ManagerError>]

    init(_ together: ReplyBatch, _ singly: [Int: Result<[UInt8], ManagerError>] = [:]) {
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
        if let result = singly[index] { return try result.get() }
        guard let place = place(index) else { throw .closed }
        return Array(together.bytes[place])
    }

    /// The reply as it came whose turn it is.
    func message(_ next: inout Int) throws(ManagerError) -> [UInt8] {
        defer { next += 1 }
        return try message(next)
    }
}
