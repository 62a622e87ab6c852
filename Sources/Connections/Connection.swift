/// A channel of messages to one peer: each `send` here is one `receive` there, and each `sendBytes`
/// one `receiveBytes`.
///
/// A message is a pickled value or just bytes, framed as CPython's `multiprocessing.connection`
/// frames it, so the peer may be its `Client`, `Listener` or `Pipe` (`send` and `recv`,
/// `send_bytes` and `recv_bytes`).  Any task may send and receive at any time, in both directions
/// at once.  All connections of a process share one thread.
///
/// ```swift
/// let (mine, yours) = try Connection.pipe()
/// try await mine.send(["answer": 42])
/// let message = try await yours.receive([String: Int].self)
/// ```
///
/// Through a Unix socket or a pipe travel also the connections, listeners, descriptors and shared
/// objects that a value holds.  Ending the last reference closes it, as `close()` does.
public final class Connection: Sendable {
    /// Default for the most bytes of a message that is received: 1 GiB.
    public static let defaultMessageSizeLimit = 1 << 30
    /// Messages of so many bytes (1 MiB) may lie untaken before the connection stops reading, and
    /// the peer has to wait.  A single message may be larger.
    public static let inboxByteLimit = 1 << 20
    /// Default for how long `connect` may take, its lookup and its handshake included: 20 seconds,
    /// as CPython's.
    public static let defaultConnectTimeout = Duration.seconds(20)
    /// How long a peer may take to end a connection that was half closed to interrupt it.
    package static let halfClosePatience = Duration.seconds(5)

    /// Which ways messages go.
    enum Direction: Int, Sendable, Codable {
        case both, receiving, sending
    }

    let channel: Channel

    /// Takes over a channel that has opened.
    init(_ channel: Channel) {
        self.channel = channel
    }

    deinit {
        channel.close()
    }

    /// The process at the other end of a Unix socket, as it was when it connected; nil on TCP.
    package var peerProcess: Int32? { channel.peerProcess }

    /// The certificate that the peer has shown under TLS, and that is trusted; nil where there is
    /// none, or it has ended.
    public var peerCertificate: PeerCertificate? {
        channel.peerCertificate
    }

    /// Whether more can be sent and received, as far as is known.
    package var isUsable: Bool { channel.isUsable }

    /// Sends a request and waits for its reply: the message that comes after the replies to all
    /// earlier requests.  Many may be on their way at once.
    ///
    /// - Parameters:
    ///   - onInterruption: what to do when the task is cancelled or the time is over while the
    ///     request is with the peer.  (One that has not begun to go is taken back.)
    ///   - timeout: how long to wait for the reply.
    /// - Throws: `.closed`, `.messageTooLarge`, `.malformedFrame`, `.timedOut`, `.cancelled`.
    package func exchange(
        _ request: [UInt8], onInterruption: ExchangeInterruption = .abandonReply,
        timeout: Duration? = nil
    ) async throws(ConnectionError) -> [UInt8] {
        try await channel.exchange(request, onInterruption: onInterruption, timeout: timeout)
    }

    /// Half closes: what was sent still goes, nothing more can be sent, and messages of the peer
    /// are still received.
    package func finishWriting() {
        channel.finishWriting()
    }

    /// Whether messages may still be received.
    public var isReadable: Bool { channel.isReadable }

    /// Whether messages can still be sent, as far as is known.
    public var isWritable: Bool { channel.isWritable }

    /// Whether it was closed here, or lost.
    public var isClosed: Bool { channel.hasEnded }

    /// The number of its socket, to be looked at and never to be read, written or closed.
    ///
    /// - Throws: `ConnectionError` with `.closed`.
    public var fileDescriptor: Int32 {
        get throws(ConnectionError) { try channel.number }
    }

    /// Closes it: whoever waits gets `.closed`, and so does whoever calls later.
    public func close() {
        channel.close()
    }
}
