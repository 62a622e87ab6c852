internal import Connections
internal import HostedObjects
internal import Sockets

// The end of a server: what was asked before is answered.
extension ServerLoop {
    /// Whether a server that stops owes nothing more, or has no more time.
    var isDone: Bool {
        guard let drainDeadline else { return false }
        return now >= drainDeadline
            || connections.allSatisfy { connection in
                guard let connection else { return true }
                return connection.unsentCount == 0 && !connection.isOwedRead
                    && !connection.isYielding
            }
    }

    /// Listens no more, and takes the requests that have arrived by now: those of a client that is
    /// behind with its replies when it has read them.
    mutating func drain() {
        if drainDeadline == nil {
            drainDeadline = now.advanced(by: limits.drainTimeout)
            for place in listeners.indices { listeners[place] = nil }
            for connection in connections {
                connection?.isOwedRead = connection?.session != nil
            }
            store.announceStop()
            deliver()
        }
        for connection in connections {
            guard let connection, connection.isOwedRead,
                connection.isParked || !isOverfull(connection)
            else { continue }
            connection.isOwedRead = false
            // What waits behind a call that waits is not begun.
            if !connection.isParked { read(connection, isLast: false) }
        }
    }

    mutating func closeAll() {
        if connections.contains(where: { ($0?.unsentCount ?? 0) > 0 }) {
            limitWasReached("drainTimeout")
        }
        foreignCalls?.close()
        for place in listeners.indices { listeners[place] = nil }
        for connection in connections {
            if let connection { end(connection) }
        }
    }
}
