internal import Connections
internal import Sockets

/// A worker's line to its pool. It holds up the thread that uses it, and there is just one.
struct WorkerLine: ~Copyable {
    private let socket: SharedWire
    private var reader = BlockingReader(
        limit: ProcessPool.messageSizeLimit, carriesLuggage: true)
    private var writer = BlockingWriter()

    /// - Throws: `SocketError` where this process has no descriptor left.
    init(_ socket: SharedDescriptor) throws(SocketError) {
        self.socket = SharedWire(Wire(try socket.descriptor.duplicate()))
    }

    /// Waits for the next parcel; nil when no more come.
    ///
    /// - Throws: `ProcessError` with `system` for what is no frame.
    mutating func receive() throws(ProcessError) -> PoolParcel? {
        do throws(ConnectionError) {
            let bytes = try reader.next(from: socket, timeout: nil, "waiting for work")
            return PoolParcel(bytes: bytes, luggage: reader.luggage)
        } catch {
            if error.code == .closed { return nil }
            throw .system(error.reason, error)
        }
    }

    /// Sends a message; false when nobody is there any more.
    mutating func send(_ message: [UInt8]) -> Bool {
        do throws(ConnectionError) {
            try writer.write(message, to: socket)
            return true
        } catch {
            return false
        }
    }
}
