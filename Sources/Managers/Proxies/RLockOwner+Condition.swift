internal import Connections
internal import Sockets
internal import Synchronization

// What the owner of a condition's lock does with the condition. These calls and acquires go one at
// a time: while one waits, the connection takes no other.
extension RLockOwner {
    /// Waits to be notified. Ended by anything but an answer, the hold is over: its connection is
    /// closed, or the lock released.
    ///
    /// - Returns: whether it was notified; false when the time was over.
    func wait(timeout: Duration?) async throws(ManagerError) -> Bool {
        let start = MonotonicClock.nanoseconds
        // Somebody else's wait ended the time: this one has not given the lock up at all.
        guard try await turnstile.enter(timeout: timeout) else { return false }
        defer { turnstile.leave() }
        let passed = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
        let place = try await place()
        let reference = reference
        do throws(ManagerError) {
            let notified: Void? = try await reference.manager.wait(
                on: place.line, owner: place.owner,
                timeout: timeout.map { max($0 - passed, .zero) }
            ) { (seconds) throws(ManagerError) in
                let ident = reference.ident
                guard let seconds else { return reference.under(try Request.call(ident, "wait")) }
                return reference.under(try Request.call(ident, "wait", seconds))
            } _: { (reply) throws(ManagerError) in
                try reply.returned(about: reference).isTrue ? () : nil
            }
            if place.owner != 0 || place.line.isUsable { return notified != nil }
            // It was half closed while the answer was on its way, so the server frees the lock.
            throw ManagerError(.cancelled, "waiting was cancelled")
        } catch {
            if error.isAnswer { throw error }
            await giveUp(place, (error.underlying as? ConnectionError)?.isUnsent == true)
            throw error
        }
    }

    /// Calls a method that the lock is needed for, and that does not wait.
    func call<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument
    ) async throws(ManagerError) {
        let request = reference.under(
            try Request.call(reference.ident, method, repeat each argument))
        guard try await turnstile.enter(timeout: nil) else { return }
        defer { turnstile.leave() }
        let place = try await place()
        let reply = try await reference.manager.contact.ask(
            request, on: place.line, owner: place.owner)
        _ = try reply.returned(about: reference)
    }

    /// Gives the lock up, as often as it is held. A CPython server would keep one locked whose
    /// connection was just closed, and a lock that is no RLock is not its owner's on a tagged line.
    ///
    /// - Parameter isUnsent: whether the wait has not begun, so that the lock is still held.
    private func giveUp(_ place: Place, _ isUnsent: Bool) async {
        let reference = reference
        let depth = state.withLock { $0.depth }
        if place.owner == 0 ? place.line.isUsable : isUnsent {
            try? await uncancelled { () throws(ManagerError) in
                let request = try Request.call(reference.ident, "release")
                for _ in 0..<depth {
                    _ = try await reference.manager.contact.ask(
                        request, on: place.line, owner: place.owner
                    )
                    .returned(about: reference)
                }
            }
        }
        drop(place)
    }
}
