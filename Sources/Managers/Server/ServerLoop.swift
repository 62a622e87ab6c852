internal import Connections
internal import DequeModule
internal import HostedObjects
internal import Logging
internal import Sockets

/// The server's one thread: it owns the sockets and the store, so nothing in it takes a lock.
///
/// Each turn waits for ready sockets, reads each once into one shared buffer, hands every complete
/// frame to the store, and writes all replies in one go.
///
/// A value that nobody shares, and not a class: the compiler then knows that nobody else is at its
/// variables, which a class checks at run time, for a tenth of the time of a call.
struct ServerLoop: ~Copyable {
    let polling: Polling
    let stopper: Stopper
    let authkey: AuthenticationKey
    let limits: ServerLimits
    let release: ReleasePolicy
    let logger: Logger?
    /// All shared objects.
    var store: ObjectStore
    var listeners: [Listener?] = []
    var connections: [ServerConnection?] = []
    var freePlaces: [Int] = []
    /// The connection of each session, by the session's slot.
    var places: [Int] = []
    var handshakes: [UInt64: PendingHandshake] = [:]
    /// The handshakes' deadlines. All have the same time, so the first to come is the first to end.
    var handshakeDeadlines: Deque<(deadline: Int64, token: UInt64)> = []
    /// The processes of clients, as far as they are seen.
    var processes = ProcessWatch()
    /// Connections whose parked call has been answered: what they sent since is looked at next.
    var resumed: [ServerConnection] = []
    /// Connections to which deliveries are to be written in this turn.
    var owed: [ServerConnection] = []
    /// Calls of registered types, where there are any.
    let foreignCalls: ForeignCalls?
    /// Until when nothing is accepted, because there is no descriptor left.
    var acceptPause: Int64?
    var drainDeadline: Int64?
    var connectionCount = 0
    var serial: UInt32 = 0
    var now: Int64 = MonotonicClock.nanoseconds
    let readBuffer = ReadBuffer()
    /// The connection that was last written to since the last read, by its token.
    var writtenTo: UInt64?
    private let signals: Signals?
    var metrics = ServerMetrics()

    /// The poller, which can be waited on while the loop changes.
    final class Polling {
        let poller: Poller

        init() throws(SocketError) {
            poller = try Poller()
        }
    }

    /// The buffer into which all connections are read.
    ///
    /// The beginning of a long frame is copied from here, its rest is read to its place: the buffer
    /// is not larger than many short frames need.
    ///
    /// SAFETY: the bytes are this object's from init to deinit.
    @safe final class ReadBuffer {
        static let size = 64 * 1024

        let bytes = UnsafeMutableRawBufferPointer.allocate(
            byteCount: size, alignment: 16)

        deinit { unsafe bytes.deallocate() }
    }

    /// A listening socket and what it needs around it.
    final class Listener {
        let socket: ListeningSocket

        init(_ socket: consuming ListeningSocket) {
            self.socket = socket
        }
    }

    /// The signals at which the server stops.
    private final class Signals {
        let pipe: SignalPipe

        init(_ signals: [SignalPipe.Signal]) throws(SocketError) {
            pipe = try SignalPipe(signals)
        }
    }

    static let signalToken = UInt64.max - 1
    /// Tokens from here on are listeners.
    static let firstListenerToken = UInt64.max - 1024

    /// A loop that listens nowhere yet.
    static func make(
        _ authkey: AuthenticationKey, _ limits: ServerLimits, _ registry: Registry,
        release: ReleasePolicy, signals: [SignalPipe.Signal], logger: Logger?
    ) throws(ManagerError) -> ServerLoop {
        var storeLimits = StoreLimits()
        storeLimits.objects = limits.objects
        storeLimits.replies = limits.unreadReplies
        storeLimits.releaseRule = release.rule
        // Not OpenSSL's, which takes 2 ms to begin: no secret, and the server is to listen soon.
        var store = ObjectStore(
            incarnation: .random(in: .min ... .max), limits: storeLimits)
        try registry.offer(to: &store)
        do throws(SocketError) {
            return ServerLoop(
                try Polling(), signals.isEmpty ? nil : try Signals(signals), store, authkey,
                limits, registry, release, logger)
        } catch {
            throw .system(error)
        }
    }

    private init(
        _ polling: Polling, _ signals: Signals?, _ store: ObjectStore,
        _ authkey: AuthenticationKey, _ limits: ServerLimits, _ registry: Registry,
        _ release: ReleasePolicy, _ logger: Logger?
    ) {
        self.polling = polling
        self.signals = signals
        self.store = store
        self.authkey = authkey
        self.limits = limits
        self.release = release
        self.logger = logger
        stopper = Stopper(polling.poller.waker)
        foreignCalls =
            registry.isEmpty ? nil : ForeignCalls(registry, polling.poller.waker)
    }

    mutating func listen(at addresses: [SocketAddress]) throws(ManagerError) {
        do throws(SocketError) {
            for address in addresses {
                let listener = Listener(try ListeningSocket(address))
                try polling.poller.add(
                    listener.socket.descriptor.raw,
                    token: Self.firstListenerToken + UInt64(listeners.count), interest: .read)
                listeners.append(listener)
            }
            if let signals {
                try polling.poller.add(
                    signals.pipe.descriptor.raw, token: Self.signalToken, interest: .read)
            }
        } catch {
            throw .system(error)
        }
    }

    var addresses: [SocketAddress] { listeners.compactMap { $0?.socket.address } }

    /// Offers an object of that type to everybody.
    mutating func share(_ name: String, as typeid: String) throws(ManagerError) {
        do throws(Failure) {
            try store.share(name, as: typeid)
        } catch {
            throw ManagerError(.unknownType, "cannot share \(name):\(typeid): \(error.text)")
        }
    }

    // MARK: Running

    /// Serves until it is asked to stop and has drained.
    mutating func run() -> Result<Void, ManagerError> {
        defer { closeAll() }
        do throws(SocketError) {
            while !isDone {
                let due = nextDue
                let count = try polling.poller.fetch(nanoseconds: patience(until: due))
                // The time of a turn is that at which the loop woke, not that of the turn before:
                // deadlines count from it.
                now = MonotonicClock.nanoseconds
                for index in 0..<count {
                    guard let event = polling.poller.event(index) else { continue }
                    handle(event.token, event.ready)
                }
                if let due, due <= now {
                    store.advance(to: instant)
                    deliver()
                    expireHandshakes()
                    endAcceptPause()
                }
                if let foreignCalls { serve(foreignCalls) }
                if stopper.isStopAsked { drain() }
                if metrics.due <= now { report() }
            }
        } catch {
            return .failure(.system(error))
        }
        return .success(())
    }

    var instant: Instant { Instant(nanoseconds: UInt64(clamping: now)) }

    /// When something is to be done though no socket is ready; nil for never.
    private var nextDue: Int64? {
        mutating get {
            var next = Int64.max
            if let deadline = store.nextDeadline { next = Int64(clamping: deadline.nanoseconds) }
            if let first = handshakeDeadlines.first { next = min(next, first.deadline) }
            if let acceptPause { next = min(next, acceptPause) }
            if let drainDeadline { next = min(next, drainDeadline) }
            next = min(next, metrics.due)
            return next < .max ? next : nil
        }
    }

    private mutating func report() {
        metrics.report(
            connections: connectionCount, objects: store.objectCount,
            waiters: store.waitingCalls, at: now)
    }

    /// How long the poller may wait, in nanoseconds; below zero for ever.
    private func patience(until due: Int64?) -> Int64 {
        due.map { max(0, $0 - MonotonicClock.nanoseconds) } ?? -1
    }

    private mutating func handle(_ token: UInt64, _ ready: Ready) {
        if token < ProcessWatch.firstToken {
            let place = Int(token & 0xFFFF_FFFF)
            // The connection may have ended earlier in this turn, and its place be taken again.
            guard place < connections.count, let connection = connections[place],
                connection.token == token
            else { return }
            handle(connection, ready)
        } else if token < Self.firstListenerToken {
            processEnded(token)
        } else if token == Self.signalToken {
            while let signal = signals?.pipe.next() {
                logger?.info("stopping", metadata: ["signal": "\(signal)"])
                stopper.stop()
            }
        } else {
            accept(from: Int(token - Self.firstListenerToken))
        }
    }

    @inline(__always)
    private mutating func handle(_ connection: ServerConnection, _ ready: Ready) {
        if ready.isWritable, connection.unsentCount > 0 {
            flush(connection)
            deliver()
        }
        if connection.isParked, ready.peerHasClosed {
            end(connection)
            deliver()
        } else if ready.isReadable {
            read(connection, isLast: ready.peerHasClosed)
        }
    }
}
