internal import Connections
internal import HostedObjects
internal import Sockets

/// One client's connection, as the loop keeps it. Small: there may be many thousands that say
/// nothing.
///
/// SAFETY: exclusive access to the variables marked so is not checked at run time, which took a
/// tenth of a call. One thread is at them, and each access ends before the next begins: while the
/// decoder lends a frame, nobody else touches it.
final class ServerConnection {
    let wire: Wire
    let isTCP: Bool
    /// Where it stands among the loop's connections, and which one it is of those that stood there.
    let token: UInt64
    @safe @exclusivity(unchecked) var decoder: FrameDecoder
    /// The session, once the peer has authenticated.
    var session: SessionID?
    /// Who the peer is by its certificate, once it has authenticated.
    var certificate: PeerCertificate?
    /// Where it comes from.
    let peer: PeerAddress
    /// By whose key it has been opened, where there are several.
    var holder: KeyHolder?
    /// When it was last heard, on the monotonic clock.
    @safe @exclusivity(unchecked) var heardAt: Int64 = 0
    /// Replies that the socket would not take yet.
    @safe @exclusivity(unchecked) var unsent = UnsentReplies()
    /// A call of the client's waits, so nothing more of it is looked at.
    var isParked = false
    /// Whole requests wait in the decoder until the client has read what it was sent.
    var isStalled = false
    /// It has had its time in this turn, and whole requests wait in the decoder for the next.
    var isYielding = false
    /// Its requests took long when that was last looked at, so that is looked at after each.
    var isSlow = false
    /// The server stops, and what had arrived by then has not been read yet.
    var isOwedRead = false
    /// Whether the kernel has been asked to take more at once.
    var hasRoom = false
    /// No more is read; what is unsent is sent, and then it ends.
    var isEnding = false
    /// What the poller has been told.
    var interest = Interest.requests
    /// Whether the poller will tell of all that the socket has for us: false after a read or write
    /// that may have left something, of which the poller has told already.
    var isWatched = true

    /// Where it stands among the server's connections.
    var place: Int { Self.place(token) }

    static func place(_ token: UInt64) -> Int { Int(token & 0xFFFF_FFFF) }

    /// Whether the server has something to do for it yet, so that it is no fault of the peer's to
    /// say nothing.
    var isServed: Bool { unsentCount > 0 || isStalled || isYielding || wire.holdsOutput }

    init(_ wire: consuming Wire, isTCP: Bool, peer: PeerAddress, token: UInt64) {
        self.wire = wire
        self.peer = peer
        self.isTCP = isTCP
        self.token = token
        decoder = FrameDecoder(limit: Handshake.messageLimit)
    }

    @inline(__always)
    var unsentCount: Int { unsent.count }

    /// Lets a Unix socket take more of a long reply at once: each piece costs the client a read,
    /// and CPython's makes room for the whole rest each time.
    ///
    /// - Returns: whether that is new. TCP finds its own measure.
    func makeRoom() -> Bool {
        guard !isTCP, !hasRoom else { return false }
        hasRoom = true
        wire.descriptor.setSendBuffer(byteCount: Self.sendBufferSize)
        return true
    }

    /// How many bytes a Unix socket is asked to take at once; the kernel gives what it may
    /// (`net.core.wmem_max`).
    static let sendBufferSize: Int32 = 1 << 20
}

/// A peer that has not authenticated yet.
struct PendingHandshake {
    var handshake: Handshake
    let deadline: Int64
}
