internal import Connections
internal import Sockets
internal import Synchronization

/// The owner of a hold on a shared RLock, or on a condition's lock: a connection of its own, opened
/// when it is first needed.
///
/// Acquires go one at a time. To end one that waits the connection is half closed, which no other
/// may be using then; one that cannot wait, because the lock is held already, is never cut short.
final class RLockOwner: Sendable {
    struct State {
        var line: Connection?
        /// How often the lock is held on the line.
        var depth = 0
    }

    let reference: ObjectReference
    let turnstile = Turnstile()
    let state = Mutex(State())

    init(_ reference: ObjectReference) {
        self.reference = reference
    }

    deinit {
        if let line = state.withLock({ $0.line }) { reference.manager.pool.discard(line) }
    }

    func acquire(timeout: Duration?) async throws(ManagerError) -> Bool {
        let start = MonotonicClock.nanoseconds
        guard try await turnstile.enter(timeout: timeout) else { return false }
        defer { turnstile.leave() }
        let passed = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
        let rest = timeout.map { max($0 - passed, .zero) }
        let line = try await line()
        if state.withLock({ $0.depth > 0 }) {
            return try await uncancelled { [self] () throws(ManagerError) in
                try await acquire(on: line, timeout: rest)
            }
        }
        return try await acquire(on: line, timeout: rest)
    }

    private func acquire(
        on line: Connection, timeout: Duration?
    ) async throws(ManagerError) -> Bool {
        let ident = reference.ident
        let taken: Void?
        do throws(ManagerError) {
            taken = try await reference.manager.wait(on: line, timeout: timeout) {
                (seconds) throws(ManagerError) in
                try Request.acquire(ident, seconds)
            } _: { (reply) throws(ManagerError) in
                try reply.returned(about: reference).isTrue ? () : nil
            }
        } catch {
            // Whether the server has granted it nobody knows; without its connection it is free.
            if !error.isAnswer { drop(line) }
            throw error
        }
        guard taken != nil else { return false }
        guard line.isUsable else {
            // It was half closed while the grant was on its way, so the server frees the lock.
            drop(line)
            throw ManagerError(.cancelled, "acquiring was cancelled")
        }
        state.withLock { $0.depth += 1 }
        return true
    }

    /// Gives the lock back once, unless the hold is over already: a wait for a condition failed.
    func releaseIfHeld() async throws(ManagerError) {
        if state.withLock({ $0.depth > 0 }) { try await release() }
    }

    func release() async throws(ManagerError) {
        let line = try await line()
        let request = try Request.call(reference.ident, "release")
        let reply: Reply
        do throws(ManagerError) {
            reply = try await reference.manager.contact.ask(request, on: line)
        } catch {
            drop(line)
            throw error
        }
        _ = try reply.returned(about: reference)
        state.withLock { $0.depth = max(0, $0.depth - 1) }
    }

    /// The connection, a new one if there is none.
    ///
    /// - Throws: ``ManagerError`` with `connectionLost` where a hold was lost with it.
    func line() async throws(ManagerError) -> Connection {
        let (old, depth) = state.withLock { ($0.line, $0.depth) }
        if let old {
            if old.isUsable { return old }
            drop(old)
            if depth > 0 {
                throw ManagerError(.connectionLost, "the lock was lost with its connection")
            }
        }
        let new = try await reference.manager.pool.take()
        let surplus = state.withLock { state -> Connection? in
            guard state.line == nil else { return new }
            state.line = new
            return nil
        }
        guard let surplus else { return new }
        reference.manager.pool.giveBack(surplus)
        return try await line()
    }

    func drop(_ line: Connection) {
        state.withLock { state in
            guard state.line === line else { return }
            state.line = nil
            state.depth = 0
        }
        reference.manager.pool.discard(line)
    }
}
