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
    let descriptor: Descriptor
    let isTCP: Bool
    /// Where it stands among the loop's connections, and which one it is of those that stood there.
    let token: UInt64
    @safe @exclusivity(unchecked) var decoder: FrameDecoder
    /// The session, once the peer has authenticated.
    var session: SessionID?
    /// Replies that the socket would not take yet.
    @safe @exclusivity(unchecked) var unsent: [UInt8] = []
    /// How many of `unsent`'s bytes have been sent since.
    var sent = 0
    /// What the unsent replies give away, each with the place in `unsent` where its reply ends.
    var receipts: [(end: Int, receipt: Receipt)] = []
    /// A call of the client's waits, so nothing more of it is looked at.
    var isParked = false
    /// Whole requests wait in the decoder until the client has read what it was sent.
    var isStalled = false
    /// The server stops, and what had arrived by then has not been read yet.
    var isOwedRead = false
    /// No more is read; what is unsent is sent, and then it ends.
    var isEnding = false
    /// What the poller has been told.
    var interest: Interest = [.read, .peerClosed, .once]
    /// Whether the poller will tell of all that the socket has for us: false after a read or write
    /// that may have left something, of which the poller has told already.
    var isWatched = true

    init(_ descriptor: consuming Descriptor, isTCP: Bool, token: UInt64) {
        self.descriptor = descriptor
        self.isTCP = isTCP
        self.token = token
        decoder = FrameDecoder(limit: Handshake.messageLimit)
    }

    var unsentCount: Int { unsent.count - sent }

    /// Forgets what has been sent once it is the larger part, of `unsent` and of its receipts: a
    /// client that is always behind a little must not make them grow.
    func forgetSent() {
        guard sent >= unsentCount else { return }
        unsent.removeFirst(sent)
        receipts.removeAll { $0.end <= sent }
        for index in receipts.indices { receipts[index].end -= sent }
        sent = 0
    }
}

/// A peer that has not authenticated yet.
struct PendingHandshake {
    var handshake: Handshake
    let deadline: Int64
}
