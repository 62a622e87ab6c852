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
    let nextKeyRing: NextKeyRing
    /// Whom it lets in.
    var keys: ServerKeys
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
    /// What peers have done.
    var peers: PeerLedger
    /// When those are told that they have tried a wrong key who must wait for it. All wait equally
    /// long.
    var verdicts: Deque<(due: Int64, token: UInt64)> = []
    /// When connections are looked for that say nothing; nil where they may be silent.
    var idleCheck: Int64?
    var gate = LogGate()
    /// The processes of clients, as far as they are seen.
    var processes = ProcessWatch()
    /// Connections whose parked call has been answered: what they sent since is looked at next.
    var resumed: [ServerConnection] = []
    /// Connections that have had their time in this turn: it is gone on with what they have sent in
    /// the next.
    var yielding: [ServerConnection] = []
    /// How many more requests are answered before it is looked how long that has taken.
    var untilLook = 0
    /// When that was looked at last.
    var lastLook: Int64 = 0
    /// Connections to which deliveries are to be written in this turn.
    var owed: [ServerConnection] = []
    /// Connections whose sessions hold what has come and was not read.
    var holding: [ServerConnection] = []
    /// What is shown and wanted under TLS, where that is spoken.
    var certificates: ServerCertificates?
    /// What is read anew at SIGHUP.
    var reload: ServerReload?
    /// Calls of registered types, where there are any.
    let foreignCalls: ForeignCalls?
    /// Until when nothing is accepted, because there is no descriptor left.
    var acceptPause: Int64?
    var drainDeadline: Int64?
    /// In how many turns in a row time has not passed, though something was due.
    var postponements = 0
    var connectionCount = 0
    /// How many bytes of replies their sockets have not taken yet, of all together.
    var unsentBytes = 0
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
        let usesTLS: Bool

        init(_ socket: consuming ListeningSocket, usesTLS: Bool) {
            self.socket = socket
            self.usesTLS = usesTLS
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
        _ keys: ServerKeys, _ limits: ServerLimits, _ registry: Registry,
        release: ReleasePolicy, signals: [SignalPipe.Signal], logger: Logger?
    ) throws(ManagerError) -> ServerLoop {
        // Not OpenSSL's, which takes 2 ms to begin: no secret, and the server is to listen soon.
        var store = ObjectStore(
            incarnation: .random(in: .min ... .max), lastToken: lastToken(),
            limits: limits.ofStore(release))
        try registry.offer(to: &store)
        do throws(SocketError) {
            return ServerLoop(
                try Polling(), signals.isEmpty ? nil : try Signals(signals), store, keys,
                limits, registry, release, logger)
        } catch {
            throw .system(error)
        }
    }

    private init(
        _ polling: Polling, _ signals: Signals?, _ store: ObjectStore,
        _ keys: ServerKeys, _ limits: ServerLimits, _ registry: Registry,
        _ release: ReleasePolicy, _ logger: Logger?
    ) {
        self.polling = polling
        self.signals = signals
        self.store = store
        self.keys = keys
        self.limits = limits
        peers = PeerLedger(limits)
        self.release = release
        self.logger = logger
        stopper = Stopper(polling.poller.waker)
        nextKeyRing = NextKeyRing(polling.poller.waker)
        foreignCalls =
            registry.isEmpty ? nil : ForeignCalls(registry, polling.poller.waker)
        self.keys.grant(to: &self.store, at: instant)
        scheduleIdleCheck()
    }

    mutating func listen(at endpoints: [Endpoint]) throws(ManagerError) {
        do throws(SocketError) {
            for endpoint in endpoints {
                let listener = Listener(
                    try ListeningSocket(endpoint.address), usesTLS: endpoint.usesTLS)
                try limits.setPatience(of: listener)
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

    var endpoints: [Endpoint] {
        listeners.compactMap { listener in
            listener.map { Endpoint($0.socket.address, usesTLS: $0.usesTLS) }
        }
    }

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
                // What is due before the poller is asked: what has come meanwhile is heard first,
                // also where the whole process was stopped in between.
                let isDue = due.map { $0 <= now } ?? false
                let count = try polling.poller.fetch(nanoseconds: patience(until: due))
                // The time of a turn is that at which the loop woke, not that of the turn before:
                // deadlines count from it.
                now = MonotonicClock.nanoseconds
                lastLook = now
                for index in 0..<count {
                    guard let event = polling.poller.event(index) else { continue }
                    handle(event.token, event.ready)
                }
                if !yielding.isEmpty { goOnWithYielding() }
                if isDue, hasLookedAtAll(count) {
                    store.advance(to: instant)
                    deliver()
                    expireHandshakes()
                    tellVerdicts()
                    endIdleConnections()
                    endAcceptPause()
                }
                if !holding.isEmpty { readHeld() }
                if let foreignCalls { serve(foreignCalls) }
                if nextKeyRing.isThere { takeNextKeyRing() }
                if let reached = store.takeReachedLimits() { tell(reached) }
                store.tidy()
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
            guard yielding.isEmpty else { return now }
            var next = Int64.max
            if let deadline = store.nextDeadline { next = Int64(clamping: deadline.nanoseconds) }
            if let first = handshakeDeadlines.first { next = min(next, first.deadline) }
            if let first = verdicts.first { next = min(next, first.due) }
            if let idleCheck { next = min(next, idleCheck) }
            if let acceptPause { next = min(next, acceptPause) }
            if let drainDeadline { next = min(next, drainDeadline) }
            next = min(next, metrics.due)
            if !holding.isEmpty { next = now }
            return next < .max ? next : nil
        }
    }

    private mutating func report() {
        metrics.report(
            connections: connectionCount, objects: store.objectCount,
            bytes: store.heldBytes, waiters: store.waitingCalls, at: now)
    }

    /// How long the poller may wait, in nanoseconds; below zero for ever.
    private func patience(until due: Int64?) -> Int64 {
        due.map { max(0, $0 - MonotonicClock.nanoseconds) } ?? -1
    }

    /// The connection of a token; nil where it has ended, and its place may be taken again.
    func connection(_ token: UInt64) -> ServerConnection? {
        let place = ServerConnection.place(token)
        guard place < connections.count, let connection = connections[place],
            connection.token == token
        else { return nil }
        return connection
    }

    func isOpen(_ connection: ServerConnection) -> Bool {
        connections[connection.place] === connection
    }

    private mutating func handle(_ token: UInt64, _ ready: Ready) {
        if token < ProcessWatch.firstToken {
            // It may have ended earlier in this turn.
            if let connection = connection(token) { handle(connection, ready) }
        } else if token < Self.firstListenerToken {
            processEnded(token)
        } else if token == Self.signalToken {
            while let signal = signals?.pipe.next() { take(signal) }
        } else {
            accept(from: Int(token - Self.firstListenerToken))
        }
    }

    @inline(__always)
    private mutating func handle(_ connection: ServerConnection, _ ready: Ready) {
        if ready.isWritable {
            if connection.unsentCount > 0 {
                flush(connection)
                deliver()
            } else if connection.wire.holdsOutput {
                sendHeld(connection)
            }
        }
        if connection.isParked, ready.peerHasClosed {
            end(connection)
            deliver()
        } else if ready.isReadable {
            read(connection, isLast: ready.peerHasClosed)
        }
    }
}
