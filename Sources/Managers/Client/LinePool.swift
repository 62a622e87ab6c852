internal import Connections
internal import Synchronization

/// Connections for calls that may wait: each has one to itself for as long as it waits.
final class LinePool: Sendable {
    private struct State {
        var idle: [Connection] = []
        /// Those in use, to be closed with the manager.
        var taken: [ObjectIdentifier: Connection] = [:]
        var isClosed = false
    }

    private let contact: ServerContact
    private let main: SharedLine
    private let state = Mutex(State())

    init(_ contact: ServerContact, _ main: SharedLine) {
        self.contact = contact
        self.main = main
    }

    /// An idle connection, or a new one.
    func take() async throws(ManagerError) -> Connection {
        let idle = state.withLock { state -> Connection? in
            while let connection = state.idle.popLast() {
                guard connection.isUsable else { continue }
                state.taken[ObjectIdentifier(connection)] = connection
                return connection
            }
            return nil
        }
        if let idle { return idle }
        guard state.withLock({ !$0.isClosed }) else { throw .closed }
        // What is acquired on a connection is this client's for as long as the main one lasts.
        if contact.identity != nil { _ = try await main.connection() }
        let connection = try await contact.openLine(isMain: false).connection
        let isClosed = state.withLock { state in
            if !state.isClosed { state.taken[ObjectIdentifier(connection)] = connection }
            return state.isClosed
        }
        if isClosed { throw .closed }
        return connection
    }

    /// Takes a connection back whose calls have all been answered.
    func giveBack(_ connection: Connection) {
        let isKept = state.withLock { state in
            state.taken[ObjectIdentifier(connection)] = nil
            guard !state.isClosed, state.idle.count < contact.limits.idleConnections,
                connection.isUsable
            else { return false }
            state.idle.append(connection)
            return true
        }
        if !isKept { connection.close() }
    }

    /// Closes a connection that is of no more use.
    func discard(_ connection: Connection) {
        state.withLock { $0.taken[ObjectIdentifier(connection)] = nil }
        connection.close()
    }

    /// Closes all of them for good.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            defer {
                state.idle = []
                state.taken = [:]
            }
            return state.idle + state.taken.values
        }
        for connection in all { connection.close() }
    }
}
