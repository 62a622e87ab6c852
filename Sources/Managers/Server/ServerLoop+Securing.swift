internal import Connections
internal import Logging
internal import Sockets

// What TLS asks of the loop beyond a bare socket: see `Wire`.
extension ServerLoop {
    /// Reads what sessions hold, of which no poller tells: each once, so that the others get their
    /// turn.
    mutating func readHeld() {
        let connections = holding
        holding = []
        for connection in connections where isOpen(connection) {
            read(connection, isLast: false)
        }
    }

    /// A read has given nothing, though it may have opened the session, whose peer is to hear from
    /// us first, or left something to be said.
    mutating func advance(_ connection: ServerConnection) {
        guard connection.wire.isSecured else { return }
        if connection.unsentCount > 0 {
            flush(connection)
            deliver()
        }
        if isOpen(connection) { setInterest(connection) }
    }

    /// Says what a session has to say, once the socket has room.
    mutating func sendHeld(_ connection: ServerConnection) {
        if case .failed = connection.wire.flush() {
            connection.isEnding = true
            return end(connection)
        }
        setInterest(connection)
    }

    /// A connection is broken.
    mutating func lose(_ connection: ServerConnection, _ number: Int32) {
        if connection.session == nil, connection.wire.isSecured {
            let reason = connection.wire.failure("recv", number).reason
            say(.notice, "refused a peer", ["peer": "\(connection.peer)", "reason": "\(reason)"])
            metrics.peerWasRefused()
        }
        end(connection)
    }
}
