internal import Connections
internal import HostedObjects
internal import Logging
internal import Sockets

// Whose connections these are.
extension ServerLoop {
    /// The session of a connection that has authenticated.
    mutating func open(_ connection: ServerConnection) -> SessionID {
        var ended: ProcessID?
        let session = store.connect(
            from: origin(of: connection, &ended), as: connection.holder?.id)
        if let ended { store.processEnded(ended, at: instant) }
        return session
    }

    /// Whose the connection is.
    ///
    /// - Parameter ended: the process, if it is there no more.
    private mutating func origin(
        of connection: ServerConnection, _ ended: inout ProcessID?
    ) -> Origin {
        guard release != .never else { return .unknown }
        if connection.isTCP { return .host(HostAddress(connection.wire.descriptor.peerHost)) }
        guard let number = connection.wire.descriptor.peerProcess else { return .unknown }
        if let known = processes[number] { return .process(known) }
        let process = store.meetProcess()
        do throws(SocketError) {
            if let descriptor = try connection.wire.descriptor.peerProcessDescriptor(number) {
                try processes.add(number, process, descriptor, polling.poller)
            } else {
                // It ended while its connection was in line; what it has sent is still answered.
                ended = process
            }
            return .process(process)
        } catch {
            store.processEnded(process, at: instant)
            logger?.warning("cannot watch a process", metadata: ["reason": "\(error.reason)"])
            return .unknown
        }
    }

    /// A process has ended: what it held goes to the living.
    mutating func processEnded(_ token: UInt64) {
        guard let process = processes.remove(token, polling.poller) else { return }
        if process.wasKilled {
            for session in store.waitingSessions(of: process.id) {
                if let connection = connection(of: session) { end(connection) }
            }
        }
        store.processEnded(process.id, wasKilled: process.wasKilled, at: instant)
        deliver()
    }
}
