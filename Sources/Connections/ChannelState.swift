internal import Sockets

/// The life of a connection as a value: connecting, securing (under TLS), authenticating, open,
/// ended.
///
/// Frames, sent bytes and ends go in; effects come out, to be taken after each event.
struct ChannelState {
    enum Phase: Equatable {
        case connecting, securing, authenticating, open, ended
    }

    /// What the driver has to tell others.
    enum Effect: Equatable {
        /// Both sides are authenticated: the limit for messages counts from now on.
        case opened
        /// It came to nothing.
        case failedToOpen(ConnectionError)
        case received(Inbox.ReceiverID, Message)
        case notReceived(Inbox.ReceiverID, ConnectionError)
        case sent(Outbox.SenderID)
        case notSent(Outbox.SenderID, ConnectionError)
    }

    private(set) var phase: Phase
    private let isSecured: Bool
    private var handshake: Handshake?
    var inbox: Inbox
    private(set) var outbox = Outbox()
    /// Why nothing more can be sent.
    private(set) var writingEnd: ConnectionError?
    /// Why it has ended.
    private(set) var end: ConnectionError?
    /// What to say before closing: `#FAILURE#`, to a stranger.
    private(set) var lastWord: [UInt8]?
    /// Nobody has asked for a message yet, so what comes is left where it is.
    private var holdsBack: Bool
    private var effects: [Effect] = []

    init(
        isConnecting: Bool, isSecured: Bool = false, handshake: Handshake?, inboxByteLimit: Int,
        direction: Connection.Direction = .both, readsAtOnce: Bool = true
    ) {
        phase =
            isConnecting
            ? .connecting : isSecured ? .securing : handshake == nil ? .open : .authenticating
        self.isSecured = isSecured
        self.handshake = handshake
        inbox = Inbox(byteLimit: inboxByteLimit)
        holdsBack = !readsAtOnce
        switch direction {
        case .both: break
        case .receiving: writingEnd = .notWritable
        case .sending: _ = inbox.finish(.notReadable)
        }
    }

    var wantsToRead: Bool {
        phase != .connecting && phase != .ended && !inbox.isFull && !inbox.hasEnded
            && !holdsBack
    }

    var wantsToWrite: Bool { phase == .connecting || (phase != .ended && !outbox.isEmpty) }

    /// Whether the socket is connected and TLS comes next; else `start`.
    mutating func connected() -> Bool {
        guard isSecured else { return false }
        phase = .securing
        return true
    }

    /// Whether it is open, and nothing is under way but what has been received.
    var isQuiet: Bool {
        phase == .open && outbox.isEmpty && !inbox.isAwaited
            && (writingEnd == nil || writingEnd == .notWritable)
            && (inbox.end == nil || inbox.end == .notReadable)
    }

    /// Whether a receive would not have to wait: there is a message, or no more will come.
    var hasNews: Bool { inbox.hasMessages || inbox.hasEnded }

    /// Whether the socket is to be half closed: everything has gone, and nothing more will.
    var hasFinishedWriting: Bool { writingEnd != nil && phase != .ended && outbox.isEmpty }

    /// Somebody asks for messages, now and later.
    mutating func startReading() {
        holdsBack = false
    }

    /// The socket is connected, and secured if it is to be: begin.
    mutating func start() {
        guard let action = handshake?.start() else {
            phase = handshake == nil ? .open : .authenticating
            if phase == .open { effects.append(.opened) }
            return
        }
        phase = .authenticating
        perform(action)
    }

    /// Takes the body of a frame, and the descriptors that came with it.
    ///
    /// - Returns: whether the next one may come at once.
    mutating func received(
        _ frame: UnsafeRawBufferPointer, luggage: [SharedDescriptor] = []
    ) -> Bool {
        switch phase {
        case .connecting, .securing, .ended: return false
        case .authenticating:
            if let action = unsafe handshake?.received(frame) { perform(action) }
            return phase == .authenticating
        case .open:
            let message = unsafe Message(Array(frame), luggage: luggage)
            if case .to(let id, let message) = inbox.deliver(message) {
                effects.append(.received(id, message))
            }
            return !inbox.isFull
        }
    }

    /// Appends a message.
    ///
    /// - Parameter gone: bytes of it, with its header, that the socket took already.
    /// - Returns: its place in the outbox.
    mutating func enqueue(_ message: Message, sender: Outbox.SenderID?, gone: Int = 0) -> Int {
        let place = outbox.append(message, sender: sender)
        if gone > 0 { sent(gone) }
        return place
    }

    /// Counts bytes that the socket has taken.
    mutating func sent(_ count: Int) {
        effects += outbox.sent(count).map { .sent($0) }
    }

    /// Takes back a message of which nothing has gone.
    mutating func withdrawMessage(place: Int) -> Bool {
        outbox.withdraw(place: place)
    }

    /// Nothing more will be sent after what is waiting now.
    mutating func finishWriting() {
        writingEnd = writingEnd ?? .writingFinished
    }

    /// The socket takes nothing more.  What it brings is still read.
    mutating func writingFailed(_ error: ConnectionError) {
        writingEnd = error
        effects += outbox.discard().map { .notSent($0, error) }
    }

    /// The peer sends nothing more.
    mutating func readingEnded(_ error: ConnectionError) {
        switch phase {
        case .connecting, .securing, .authenticating: fail(error)
        case .open: effects += inbox.finish(error).map { .notReceived($0, error) }
        case .ended: break
        }
    }

    /// It is over, for this reason; kept messages can still be taken.
    mutating func fail(_ error: ConnectionError) {
        guard phase != .ended else { return }
        if phase != .open { effects.append(.failedToOpen(error)) }
        phase = .ended
        end = error
        handshake = nil
        writingEnd = writingEnd ?? error
        effects += outbox.discard().map { .notSent($0, error) }
        effects += inbox.finish(error).map { .notReceived($0, error) }
    }

    /// What has to be told since the last time.
    mutating func takeEffects() -> [Effect] {
        defer { effects = [] }
        return effects
    }

    private mutating func perform(_ action: Handshake.Action) {
        switch action {
        case .send(let frame): _ = outbox.append(frame, sender: nil)
        case .sendThenDone(let frame):
            _ = outbox.append(frame, sender: nil)
            opened()
        case .done: opened()
        case .fail(let reason, let frame):
            lastWord = frame
            fail(.authenticationFailed(reason))
        }
    }

    private mutating func opened() {
        phase = .open
        handshake = nil
        effects.append(.opened)
    }
}
