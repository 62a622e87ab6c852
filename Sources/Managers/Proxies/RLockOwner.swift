internal import Connections
internal import Sockets
internal import Synchronization

/// The owner of a hold on a shared RLock, or on a condition's lock: one that is named to the server
/// on the tagged line that all share, or else a connection of its own, opened when it is first
/// needed.
///
/// Acquires go one at a time. To end one that waits a plain connection is half closed, which no
/// other may be using then; one that cannot wait, because the lock is held already, is never cut
/// short.
final class RLockOwner: Sendable {
    /// A connection, and whose calls are made on it.
    struct Place {
        let line: any CallLine
        /// 0 where the connection is the owner.
        let owner: UInt32
    }

    struct State {
        var place: Place?
        /// How often the lock is held on the line.
        var depth = 0
        /// Whether somebody has it who may ask it at any time, by a lease.
        var isGivenOut = false
    }

    let reference: ObjectReference
    let turnstile = Turnstile()
    let state = Mutex(State())

    init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// Whether the lock is held, as far as is known.
    var isHolding: Bool { state.withLock { $0.depth > 0 } }

    /// Whether somebody has it who may ask it at any time.
    var isGivenOut: Bool { state.withLock { $0.isGivenOut } }

    func giveOut() { state.withLock { $0.isGivenOut = true } }

    deinit {
        if let place = state.withLock({ $0.place }) { end(place) }
    }

    func acquire(timeout: Duration?) async throws(ManagerError) -> Bool {
        let reference = reference
        let taken: Void? = try await acquire(timeout: timeout) { (seconds) throws(ManagerError) in
            reference.under(try Request.acquire(reference.ident, seconds))
        } reading: { (reply) throws(ManagerError) in
            try reply.returned(about: reference).isTrue ? () : nil
        }
        return taken != nil
    }

    /// Acquires in a way of its own.
    ///
    /// - Parameters:
    ///   - request: makes the request for so many seconds, nil for as long as it takes.
    ///   - read: what the reply means; nil when the server's time was over.
    /// - Returns: nil when the time is over.
    func acquire<Grant: Sendable>(
        timeout: Duration?,
        _ request: @escaping @Sendable (Double?) throws(ManagerError) -> [UInt8],
        reading read: @escaping @Sendable (Reply) throws(ManagerError) -> Grant?
    ) async throws(ManagerError) -> Grant? {
        let start = MonotonicClock.nanoseconds
        guard try await turnstile.enter(timeout: timeout) else { return nil }
        defer { turnstile.leave() }
        let passed = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
        let rest = timeout.map { max($0 - passed, .zero) }
        let place = try await place()
        if state.withLock({ $0.depth > 0 }) {
            return try await uncancelled { [self] () throws(ManagerError) in
                try await acquire(on: place, timeout: rest, request, read)
            }
        }
        return try await acquire(on: place, timeout: rest, request, read)
    }

    private func acquire<Grant>(
        on place: Place, timeout: Duration?,
        _ request: (Double?) throws(ManagerError) -> [UInt8],
        _ read: (Reply) throws(ManagerError) -> Grant?
    ) async throws(ManagerError) -> Grant? {
        let taken: Grant?
        do throws(ManagerError) {
            taken = try await reference.manager.wait(
                on: place.line, owner: place.owner, timeout: timeout, request, read)
        } catch {
            // Whether the server has granted it nobody knows; without its connection it is free.
            if !error.isAnswer { drop(place) }
            throw error
        }
        guard let taken else { return nil }
        guard place.owner != 0 || place.line.isUsable else {
            // It was half closed while the grant was on its way, so the server frees the lock.
            drop(place)
            throw ManagerError(.cancelled, "acquiring was cancelled")
        }
        state.withLock { $0.depth += 1 }
        return taken
    }

    /// Gives the lock back once, unless the hold is over already: a wait for a condition failed.
    func releaseIfHeld() async throws(ManagerError) {
        if state.withLock({ $0.depth > 0 }) { try await release() }
    }

    func release() async throws(ManagerError) {
        try await release(by: reference.under(try Request.call(reference.ident, "release")))
    }

    /// Gives the lock back once by a request.
    func release(by request: [UInt8]) async throws(ManagerError) {
        let place = try await place()
        let reply: Reply
        do throws(ManagerError) {
            reply = try await reference.manager.contact.ask(
                request, on: place.line, owner: place.owner)
        } catch {
            drop(place)
            throw error
        }
        do throws(ManagerError) {
            _ = try reply.returned(about: reference)
        } catch {
            // The hold has ended by itself.
            if error.code == .leaseLost { drop(place) }
            throw error
        }
        state.withLock { $0.depth = max(0, $0.depth - 1) }
    }

    /// The place, a new one if there is none.
    ///
    /// - Throws: ``ManagerError`` with `connectionLost` where a hold was lost with its connection.
    func place() async throws(ManagerError) -> Place {
        let (old, depth) = state.withLock { ($0.place, $0.depth) }
        if let old {
            // A server that stops still answers who holds something.
            if old.line.isUsable || (old.owner != 0 && depth > 0) { return old }
            drop(old)
            if depth > 0 {
                throw ManagerError(.connectionLost, "the lock was lost with its connection")
            }
        }
        let line = try await reference.manager.pool.take()
        let new = Place(line: line, owner: (line as? TaggedLine)?.makeOwner() ?? 0)
        let isSurplus = state.withLock { state in
            guard state.place == nil else { return true }
            state.place = new
            return false
        }
        guard isSurplus else { return new }
        reference.manager.pool.giveBack(line)
        return try await place()
    }

    /// Ends a hold of which nobody knows whether there is one.
    func drop(_ place: Place) {
        state.withLock { state in
            guard state.place?.line === place.line, state.place?.owner == place.owner else {
                return
            }
            state.place = nil
            state.depth = 0
        }
        end(place)
    }

    private func end(_ place: Place) {
        if let line = place.line as? TaggedLine {
            line.endOwner(place.owner)
        } else {
            reference.manager.pool.discard(place.line)
        }
    }
}
