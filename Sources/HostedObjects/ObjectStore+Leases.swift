// What ends by itself: leases, and connections of which nothing is heard any more.
extension ObjectStore {
    /// Ends the grants whose leases had run out by then, in that order.
    mutating func endLeases(dueBy end: Instant) {
        while let (token, object) = call.leases.takeDue(at: end) {
            call.object = object
            (call.table[object] as? any Granting)?.endGrant(token, &call)
        }
    }

    // MARK: Promises

    /// A connection that has promised to be heard of.
    struct Promise: Sendable {
        let session: SessionID
        /// How long nothing may be heard of it, in seconds.
        let silence: Double
    }

    /// A connection promises to be heard of within so many milliseconds, and again and again; 0
    /// takes the promise back.
    mutating func promise(_ session: SessionID, milliseconds: UInt32) {
        guard milliseconds > 0 else {
            promises.remove(session.serial)
            return
        }
        keep(Promise(session: session, silence: Double(milliseconds) / 1000))
    }

    /// Something was heard of a connection that is not a frame yet: it takes what it is sent, or
    /// sends a long one.
    package mutating func heard(_ session: SessionID, at now: Instant) {
        guard let promise = promises[session.serial] else { return }
        call.now = now
        keep(promise)
    }

    private mutating func keep(_ promise: Promise) {
        guard let end = call.now.advanced(seconds: promise.silence) else { return }
        promises.set(promise.session.serial, promise, at: end)
    }

    /// Ends the connections that have broken their promises.
    ///
    /// - Parameter limit: only those that had by then: what they hold is another's from there on.
    /// - Returns: whether there were any.
    mutating func endSilentSessions(dueBy limit: Instant?) -> Bool {
        let end = limit.map { min($0, call.now) } ?? call.now
        var isAny = false
        while let (_, promise) = promises.takeDue(at: end) {
            hangUp(promise.session)
            isAny = true
        }
        return isAny
    }
}
