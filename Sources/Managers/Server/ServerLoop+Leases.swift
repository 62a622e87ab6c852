internal import HostedObjects
internal import Sockets

// What ends by itself, and what is done so that only the dead lose something by it.
extension ServerLoop {
    /// Grants have tokens above this: nanoseconds since 1970.
    ///
    /// A server does not give as many as one a nanosecond, so the next one's are greater, unless
    /// the clock on the wall was set back meanwhile by more than the time since this one started.
    static func lastToken() -> Int { max(0, Int(clamping: WallClock.nanoseconds)) }

    /// Whether all sockets that are ready have been looked at, as far as that is known: leases are
    /// renewed there, and promises kept. After a stop of the whole server all are overdue at once.
    ///
    /// - Parameter count: how many events have been fetched.
    mutating func hasLookedAtAll(_ count: Int32) -> Bool {
        guard count >= polling.poller.capacity, postponements * Int(count) < connectionCount else {
            postponements = 0
            return true
        }
        postponements += 1
        return false
    }

    /// A connection takes what it is sent, or sends a long frame: it is not silent.
    mutating func heard(_ connection: ServerConnection) {
        if let session = connection.session { store.heard(session, at: instant) }
    }
}

extension ServerLimits {
    /// Has the system find out which peers are gone.
    func setPatience(of listener: ServerLoop.Listener) throws(SocketError) {
        guard listener.socket.address.isTCP else { return }
        try listener.socket.descriptor.set(
            TCPPatience(
                idle: keepAliveIdle, interval: keepAliveInterval, questions: keepAliveQuestions,
                unacknowledged: unacknowledgedTimeout))
    }
}
