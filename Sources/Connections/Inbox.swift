/// The messages of a connection that nobody has taken yet, or those who wait for one: pure.
///
/// Messages go to receivers in the order in which both came.  A receiver may withdraw, and then
/// takes no message; or it may abandon its place, and then the message that would have been its
/// own is thrown away (that is how the replies to pipelined requests stay in order).
struct Inbox {
    /// Names a receiver; the driver knows who it is.
    typealias ReceiverID = UInt64

    /// What becomes of a message.
    enum Delivery: Equatable {
        case to(ReceiverID, Message)
        case kept
        case thrownAway
    }

    /// What becomes of a receiver.
    enum Receipt: Equatable {
        case message(Message)
        case waits(place: Int)
        case failed(ConnectionError)
    }

    private enum Receiver: Equatable {
        case waits(ReceiverID)
        case abandoned
    }

    /// Kept messages of more bytes than this make the inbox full, until half of it is taken; a
    /// single message may exceed it.
    let byteLimit: Int
    private var messages = FIFO<Message>()
    private var bytes = 0
    private var receivers = FIFO<Receiver>()
    /// Why no more messages come.
    private(set) var end: ConnectionError?

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// Whether somebody waits for a message.
    var isAwaited: Bool { !receivers.isEmpty }

    /// Whether a message is kept.
    var hasMessages: Bool { !messages.isEmpty }

    /// Takes all the messages that are kept.
    mutating func takeMessages() -> [Message] {
        var all: [Message] = []
        while let message = messages.popFirst() { all.append(message) }
        discardMessages()
        return all
    }

    /// Whether to stop reading until messages are taken.
    private(set) var isFull = false

    /// No more messages come.
    var hasEnded: Bool { end != nil }

    mutating func deliver(_ message: Message) -> Delivery {
        switch receivers.popFirst() {
        case .waits(let id): return .to(id, message)
        case .abandoned: return .thrownAway
        case nil: break
        }
        messages.append(message)
        // An empty message takes room too, so a flood of them is stopped like any other.
        bytes += message.weight
        if bytes > byteLimit { isFull = true }
        return .kept
    }

    /// What a kept message counts for besides its bytes.
    static let messageOverhead = 64

    mutating func receive(_ id: ReceiverID) -> Receipt {
        if let message = messages.popFirst() {
            bytes -= message.weight
            if bytes <= byteLimit / 2 { isFull = false }
            return .message(message)
        }
        if let end { return .failed(end) }
        return .waits(place: receivers.append(.waits(id)))
    }

    /// Takes a waiting receiver out: the message goes to the next one.
    mutating func withdraw(place: Int) {
        receivers.remove(place: place)
    }

    /// Keeps a waiting receiver's place, and throws its message away.
    mutating func abandon(place: Int) {
        receivers.replace(place: place, with: .abandoned)
    }

    /// No more messages come; those that are kept can still be taken.
    ///
    /// - Returns: the receivers that wait in vain.
    mutating func finish(_ error: ConnectionError) -> [ReceiverID] {
        end = end ?? error
        var waiting: [ReceiverID] = []
        while let receiver = receivers.popFirst() {
            if case .waits(let id) = receiver { waiting.append(id) }
        }
        return waiting
    }

    /// Forgets the messages that are kept.
    mutating func discardMessages() {
        messages = FIFO()
        bytes = 0
        isFull = false
    }
}
