internal import Sockets
internal import Synchronization

/// One socket on the loop: drives a `ChannelState`, and knows who waits for what.
///
/// Callers and the loop's thread meet at one lock.  A caller writes by itself when nothing is
/// queued; everything else is the loop's.  Nobody is resumed under the lock.
final class Channel: LoopMember {
    typealias Continuation = CheckedContinuation<Result<Message, ConnectionError>, Never>

    /// Told once whether it opened.  Not called under the lock.
    typealias OnOpened = @Sendable (ConnectionError?) -> Void

    /// Reads of one channel before the others have their turn.
    static let readsPerTurn = 4
    /// Room into which a caller reads by itself, in bytes.
    static let callerScratchSize = 65_536

    /// How a channel comes to be.
    struct Setup: Sendable {
        /// What secures it, if something does.
        var tls: TLSLink?
        /// Where a socket that is not yet connected is going; nil for a connected one.
        var destination: ResolvedAddress?
        var handshake: Handshake?
        var isTCP: Bool
        /// Most bytes of a message once both sides are authenticated.
        var messageSizeLimit: Int
        /// Most bytes of messages that nobody has taken, before it stops reading.
        var inboxByteLimit = Connection.inboxByteLimit
        /// Whether descriptors may come with messages: not on TCP, and not under TLS.
        var carriesLuggage = false
        var direction = Connection.Direction.both
        /// Whether it reads before somebody asks for a message.
        var readsAtOnce = true
    }

    /// Somebody who waits.
    struct Waiter {
        let continuation: Continuation
        let call: Call
        /// Place of its message in the outbox.
        var messagePlace: Int?
        /// Place in the queue of receivers.
        var receiverPlace: Int?
        var timer: IOLoop.TimerID?
        /// Why it no longer wants a reply that may still come.
        var interruption: ConnectionError?
    }

    struct State: ~Copyable {
        var wire: Wire?
        var decoder: FrameDecoder
        var machine: ChannelState
        /// The descriptors of messages that are not whole yet.
        var belt = LuggageBelt<SharedDescriptor>()
        /// Those who want to know that there is a message.
        var pollers: [UInt64] = []
        var waiters: [UInt64: Waiter] = [:]
        var interest: Interest = []
        var token: UInt64 = 0
        /// Whole frames may wait in the decoder.
        var isPaused = false
        var isHalfClosed = false
        var onOpened: OnOpened?
        var openingTimer: IOLoop.TimerID?
        /// What is to be told once the lock is free.
        var news = News()

        init(descriptor: consuming Descriptor, setup: Setup) {
            wire = Wire(descriptor, tls: setup.tls)
            decoder = FrameDecoder(
                limit: setup.handshake == nil ? setup.messageSizeLimit : Handshake.messageLimit)
            machine = ChannelState(
                isConnecting: setup.destination != nil, isSecured: setup.tls != nil,
                handshake: setup.handshake,
                inboxByteLimit: setup.inboxByteLimit, direction: setup.direction,
                readsAtOnce: setup.readsAtOnce)
        }

        /// Gives away the decoder, with what lies in it.
        mutating func takeDecoder() -> FrameDecoder {
            var other = FrameDecoder(limit: decoder.limit)
            swap(&other, &decoder)
            return other
        }
    }

    let loop: IOLoop
    let setup: Setup
    let peerProcess: Int32?
    let state: Mutex<State>
    private let lastID = Atomic<UInt64>(0)

    init(_ descriptor: consuming Descriptor, loop: IOLoop, setup: Setup) {
        self.loop = loop
        self.setup = setup
        peerProcess = setup.isTCP ? nil : descriptor.peerProcess
        state = Mutex(State(descriptor: descriptor, setup: setup))
    }

    /// Joins the loop and begins.
    ///
    /// - Parameter deadline: when it must have opened (`MonotonicClock`); `timeout` is what the
    ///   error calls it.
    func start(deadline: Int64, timeout: Duration, onOpened: @escaping OnOpened) {
        let token = loop.join(self)
        act { state in
            state.token = token
            state.onOpened = onOpened
            state.openingTimer = loop.schedule(at: deadline) { [weak self] in
                self?.fail(.timedOut("connecting", after: timeout))
            }
            if state.machine.phase != .connecting { state.begin() }
        }
    }

    /// Whether more can be sent, and replies may come.
    var isUsable: Bool {
        state.withLock { $0.machine.writingEnd == nil && !$0.machine.inbox.hasEnded }
    }

    /// Whether messages may still be received.
    var isReadable: Bool {
        state.withLock { $0.machine.inbox.hasMessages || !$0.machine.inbox.hasEnded }
    }

    /// Whether messages can still be sent, as far as is known.
    var isWritable: Bool { state.withLock { $0.machine.writingEnd == nil } }

    /// Whether it is over in both directions.
    var hasEnded: Bool { state.withLock { $0.machine.phase == .ended } }

    /// The number of the socket.
    var number: Int32 {
        get throws(ConnectionError) {
            try state.withLock { state throws(ConnectionError) in
                guard let raw = state.wire?.descriptor.raw else { throw .closedHere }
                return raw
            }
        }
    }

    /// Who the peer is, under TLS.
    var peerCertificate: PeerCertificate? { state.withLock { $0.wire?.peerCertificate } }

    /// Why a receive would fail, other than at the peer's end.
    var whyNothingCanCome: ConnectionError? {
        state.withLock { state in
            guard !state.machine.inbox.hasMessages, let end = state.machine.inbox.end,
                end == .closedHere || end.code == .notReadable
            else { return nil }
            return end
        }
    }

    /// Receives no more, because of a message that was too long; one that cannot send either ends.
    func refuseMessages() {
        act { state in
            state.machine.inbox.discardMessages()
            if state.machine.writingEnd == nil {
                state.machine.readingEnded(.refusedMessage)
            } else {
                state.machine.fail(.refusedMessage)
            }
        }
    }

    /// Ends it, for this reason.
    func fail(_ error: ConnectionError) {
        act { $0.machine.fail(error) }
    }

    /// Ends it, and forgets the messages that nobody has taken.
    func close() {
        act { state in
            state.machine.fail(.closedHere)
            state.machine.inbox.discardMessages()
        }
    }

    /// Half closes it, once everything has gone.
    func finishWriting() {
        act { $0.machine.finishWriting() }
    }

    func becameReady(_ ready: Ready, scratch: UnsafeMutableRawBufferPointer) {
        act { state in
            if ready.isWritable { unsafe state.write(scratch: scratch, setup: setup) }
            if state.machine.phase == .securing { state.secure() }
            if ready.isReadable { unsafe state.read(scratch: scratch, setup: setup) }
            // What reading gave rise to, a handshake's next step, goes at once.
            if state.machine.phase != .connecting {
                unsafe state.write(scratch: scratch, setup: setup)
            }
        }
    }

    /// A name for the next one who waits.
    func nextID() -> UInt64 {
        lastID.add(1, ordering: .relaxed).newValue
    }

    /// Does something under the lock, and afterwards, outside of it, tells those whom it concerns.
    func act<Outcome: Sendable>(_ body: (inout State) -> Outcome) -> Outcome {
        let (outcome, news) = state.withLock { state in
            let outcome = body(&state)
            return (outcome, state.settle(loop: loop, setup: setup))
        }
        news.tell(loop: loop)
        return outcome
    }
}
