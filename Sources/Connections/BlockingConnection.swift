internal import Pickle
internal import Sockets
internal import Synchronization

/// A connection for plain threads: each call holds its thread up, and no other thread has a part in
/// it.  So it answers sooner than a ``Connection``, and must not be used from tasks.
///
/// ```swift
/// let line = try connection.blocking()
/// try line.send("ping")
/// let answer = try line.receive(String.self)
/// ```
///
/// One thread at a time sends and one receives; whoever comes meanwhile waits.  No descriptors
/// travel through it.
public final class BlockingConnection: Sendable {
    private struct Incoming: ~Copyable {
        var reader: BlockingReader
        /// Why nothing more is received.
        var end: ConnectionError?
    }

    private struct Outgoing {
        var writer = BlockingWriter()
        /// Why nothing more can be sent.
        var end: ConnectionError?
    }

    private let socket: SharedWire
    private let incoming: Mutex<Incoming>
    private let outgoing: Mutex<Outgoing>
    private let closed = Atomic(false)

    init(
        _ wire: consuming Wire, _ reader: consuming BlockingReader,
        _ direction: Connection.Direction
    ) {
        socket = SharedWire(wire)
        incoming = Mutex(
            Incoming(reader: reader, end: direction == .sending ? .notReadable : nil))
        outgoing = Mutex(Outgoing(end: direction == .receiving ? .notWritable : nil))
    }

    /// Lets reading and writing wait: before anything else.
    func start() throws(ConnectionError) {
        try socket.letWait()
    }

    // MARK: Values

    /// Sends a value as one message, which Python reads with `recv`.
    ///
    /// - Throws: `ConnectionError`: `.encoding`, `.closed`, `.notWritable`.
    public func send(_ value: some Encodable) throws(ConnectionError) {
        let bytes: [UInt8]
        do {
            bytes = try PickleEncoder().encode(value)
        } catch {
            throw .encoding("the value cannot be sent", error)
        }
        try sendBytes(bytes)
    }

    /// Waits for the next message, and reads it as a value.
    ///
    /// - Parameters:
    ///   - type: what it must be.
    ///   - timeout: how long the peer may be silent; nil for as long as it takes.
    /// - Throws: `ConnectionError` as `receiveBytes`, and `.encoding` where the message is no such
    ///   value: it has been taken then.
    public func receive<Value: Decodable>(
        _ type: Value.Type = Value.self, timeout: Duration? = nil
    ) throws(ConnectionError) -> Value {
        let bytes = try receiveBytes(timeout: timeout)
        do {
            return try PickleDecoder().decode(type, from: bytes)
        } catch {
            throw .encoding("the message is no \(type)", error)
        }
    }

    // MARK: Bytes

    /// Sends bytes as one message.
    ///
    /// - Parameters:
    ///   - offset: where in `bytes` the message begins.
    ///   - size: how many bytes it has; nil for all from there on.  Both must lie within `bytes`.
    /// - Throws: `ConnectionError`: `.closed`, `.notWritable`.
    public func sendBytes(
        _ bytes: [UInt8], offset: Int = 0, size: Int? = nil
    ) throws(ConnectionError) {
        let message = Connection.part(of: bytes, offset: offset, size: size)
        try outgoing.withLock { outgoing throws(ConnectionError) in
            if let end = outgoing.end { throw end }
            do throws(ConnectionError) {
                try outgoing.writer.write(message, to: socket)
            } catch {
                let error = isClosed ? .closedHere : error
                outgoing.end = error
                throw error
            }
        }
    }

    /// Waits for the next message, and takes it as it is.
    ///
    /// - Parameter timeout: how long the peer may be silent; nil for as long as it takes.
    /// - Throws: `ConnectionError`: `.endOfFile`, `.closed`, `.notReadable`, `.messageTooLarge`,
    ///   `.malformedFrame`, `.timedOut`: that one has taken no message.
    public func receiveBytes(timeout: Duration? = nil) throws(ConnectionError) -> [UInt8] {
        try incoming.withLock { incoming throws(ConnectionError) in
            if let end = incoming.end { throw end }
            do throws(ConnectionError) {
                return try incoming.reader.next(from: socket, timeout: timeout, "receiving")
            } catch {
                if error.code == .timedOut { throw error }
                let error = isClosed ? .closedHere : error.atEnd
                incoming.end = error
                throw error
            }
        }
    }

    /// Whether a message has begun to come, or none will come any more.
    ///
    /// - Parameter timeout: how long to wait; zero only looks, nil waits for as long as it takes.
    /// - Throws: `ConnectionError`: `.closed`, `.notReadable`.
    public func poll(timeout: Duration? = .zero) throws(ConnectionError) -> Bool {
        try incoming.withLock { incoming throws(ConnectionError) in
            if let end = incoming.end {
                guard end.code == .endOfFile else { throw end }
                return true
            }
            if incoming.reader.holdsBytes { return true }
            return try socket.waitUntilReadable(
                nanoseconds: timeout.map { max(0, $0.nanosecondsRoundedUp) } ?? -1)
        }
    }

    // MARK: Ending

    /// Whether it was closed here.
    public var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Closes it, also for a thread that waits just now: that gets `.closed`.
    public func close() {
        closed.store(true, ordering: .relaxed)
        socket.end()
    }
}

extension Connection {
    /// Goes on as a connection for plain threads, and is itself closed then.
    ///
    /// - Throws: `ConnectionError`: `.closed` where it has ended, or somebody sends or receives
    ///   just now; `.system`.
    /// - Note: From now on its socket lets threads wait, in all processes that share this end of
    ///   it: close the others.
    public func blocking() throws(ConnectionError) -> BlockingConnection {
        let direction = channel.setup.direction
        let line = channel.detach { wire, decoder, early in
            BlockingConnection(wire, BlockingReader(decoder, early: early), direction)
        }
        guard let line else { throw .closedHere }
        try line.start()
        return line
    }
}
