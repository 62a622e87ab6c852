package import Sockets

/// What went wrong with a connection or a listener: a code to switch on, a sentence to read, and
/// the error below it where there is one.
public struct ConnectionError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case closed, authenticationFailed, messageTooLarge, malformedFrame, timedOut, cancelled
            case invalidAddress, invalidKey, addressInUse, refused, unreachable
            case tooManyDescriptors, endOfFile, notReadable, notWritable, bufferTooShort, encoding
            case tlsFailed, system
        }
        private let kind: Kind

        /// The connection has ended: the peer closed it, or we did.
        public static let closed = Code(kind: .closed)
        /// The keys differ, or the peer does not speak the handshake.
        public static let authenticationFailed = Code(kind: .authenticationFailed)
        /// A frame is longer than the limit of this connection.
        public static let messageTooLarge = Code(kind: .messageTooLarge)
        /// The bytes of the peer are no frames.
        public static let malformedFrame = Code(kind: .malformedFrame)
        /// The time given is over.
        public static let timedOut = Code(kind: .timedOut)
        /// The task that waited was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The address does not parse, or its host is unknown.
        public static let invalidAddress = Code(kind: .invalidAddress)
        /// The authentication key is empty, too long or unreadable.
        public static let invalidKey = Code(kind: .invalidKey)
        /// Somebody listens there already.
        public static let addressInUse = Code(kind: .addressInUse)
        /// Nobody listens there.
        public static let refused = Code(kind: .refused)
        /// There is no way to that host, or no permission to go there.
        public static let unreachable = Code(kind: .unreachable)
        /// The process or the system has no descriptor left.
        public static let tooManyDescriptors = Code(kind: .tooManyDescriptors)
        /// The peer has closed, and all its messages have been taken.
        public static let endOfFile = Code(kind: .endOfFile)
        /// This end of a pipe only sends, or a message was refused and no more can be received.
        public static let notReadable = Code(kind: .notReadable)
        /// This end of a pipe only receives.
        public static let notWritable = Code(kind: .notWritable)
        /// The message does not fit the buffer: see `message`.
        public static let bufferTooShort = Code(kind: .bufferTooShort)
        /// A value cannot be encoded, or a message is not the value that was asked for.
        public static let encoding = Code(kind: .encoding)
        /// TLS was not to be had: one side's certificate is not what the other trusts, or the peer
        /// speaks something else. ``ConnectionError/reason`` says which.
        public static let tlsFailed = Code(kind: .tlsFailed)
        /// Anything else the system refused: see `underlying`.
        public static let system = Code(kind: .system)

        /// The code's name, as above.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// The error it came from, if it came from one.
    public let underlying: (any Error)?
    /// The whole message, where it did not fit the buffer (`.bufferTooShort`).
    public private(set) var message: [UInt8]?
    /// Whether it is certain that nothing of an exchange's request has gone, so that it may be made
    /// again.
    package private(set) var isUnsent = false
    /// Whether the server has taken the call out: nothing has come of it, unless a method of
    /// somebody's own had begun.
    package private(set) var isTakenOut = false
    /// What to ask the server for on another connection, where it has kept the outcome.
    package private(set) var lostCall: LostCall?

    /// The reason, with the code in front.
    public var description: String { "\(code): \(reason)" }

    init(_ code: Code, _ reason: String, underlying: (any Error)? = nil) {
        self.code = code
        self.reason = reason
        self.underlying = underlying
    }
}

extension ConnectionError {
    /// The same, as why a connection has ended on which somebody asks later.
    var asClosed: ConnectionError {
        code == .closed ? self : ConnectionError(.closed, reason, underlying: self)
    }

    /// The same, for a request of which nothing has gone.
    var unsent: ConnectionError {
        var error = self
        error.isUnsent = true
        return error
    }

    /// The same, for a call that the server has taken out.
    var takenOut: ConnectionError {
        var error = self
        error.isTakenOut = true
        return error
    }
}

/// A call whose reply has not come, by the names that its server knows it by.
package struct LostCall: Hashable, Sendable {
    /// Which of the client's tagged lines it went on.
    package let line: UInt32
    package let tag: UInt32
    package let number: UInt32

    package init(line: UInt32, tag: UInt32, number: UInt32) {
        self.line = line
        self.tag = tag
        self.number = number
    }
}

extension ConnectionError {
    /// The same, for a request of which the server has kept the outcome.
    func losing(_ call: LostCall) -> ConnectionError {
        var error = self
        error.lostCall = call
        return error
    }
}

extension ConnectionError {
    /// The same, for who receives: the peer's end is not an accident.
    var atEnd: ConnectionError { self == .closedByPeer ? .endOfFile : self }
}

extension ConnectionError: Equatable {
    /// Two errors are equal when they say the same.
    public static func == (first: ConnectionError, second: ConnectionError) -> Bool {
        first.code == second.code && first.reason == second.reason
    }
}

extension ConnectionError {
    static let closedByPeer = ConnectionError(.closed, "the peer closed the connection")
    static let cutOff = ConnectionError(
        .closed, "the peer closed the connection in the middle of a message")
    static let closedHere = ConnectionError(.closed, "the connection was closed")
    static let inUse = ConnectionError(
        .encoding, "a connection cannot travel while messages lie in it")
    static let untagged = ConnectionError(
        .malformedFrame, "a reply without a tag, or to what nobody has asked")
    static let stopping = ConnectionError(.closed, "the server stops")
    static let writingFinished = ConnectionError(.closed, "nothing more can be sent")

    /// The network, or the peer's end, broke an open connection.
    static func lost(_ error: SocketError) -> ConnectionError {
        ConnectionError(.closed, "the connection was lost: \(error.reason)", underlying: error)
    }

    static func authenticationFailed(_ reason: String) -> ConnectionError {
        ConnectionError(.authenticationFailed, reason)
    }

    static func messageTooLarge(_ length: UInt64, limit: Int) -> ConnectionError {
        // A TLS handshake begins with 16 03 and a minor version, which is taken for a length here.
        let hint = length >> 16 == 0x1603 ? "; or the peer speaks TLS, and this end does not" : ""
        return ConnectionError(
            .messageTooLarge, "a frame of \(length) bytes, and the limit is \(limit)\(hint)")
    }

    static func negativeLength(_ length: Int) -> ConnectionError {
        ConnectionError(.malformedFrame, "a frame of \(length) bytes")
    }

    static func tooMuchLuggage(limit: Int) -> ConnectionError {
        ConnectionError(.malformedFrame, "more than \(limit) descriptors with two messages")
    }

    static let endOfFile = ConnectionError(
        .endOfFile, "the peer has closed the connection, and nothing is left to receive")
    static let notReadable = ConnectionError(.notReadable, "this end of the pipe only sends")
    static let notWritable = ConnectionError(.notWritable, "this end of the pipe only receives")
    static let refusedMessage = ConnectionError(
        .notReadable, "a message was longer than allowed, so nothing more is received")

    static func tooLong(_ length: Int, most: Int) -> ConnectionError {
        ConnectionError(
            .messageTooLarge, "a message of \(length) bytes, and \(most) were allowed")
    }

    static func bufferTooShort(_ message: [UInt8], room: Int) -> ConnectionError {
        var error = ConnectionError(
            .bufferTooShort, "a message of \(message.count) bytes for a buffer of \(room)")
        error.message = message
        return error
    }

    static func encoding(_ what: String, _ error: any Error) -> ConnectionError {
        ConnectionError(.encoding, "\(what): \(error)", underlying: error)
    }

    static let decoderHasFailed = ConnectionError(
        .malformedFrame, "bytes after those that were no frame")

    static func timedOut(_ what: String, after time: Duration) -> ConnectionError {
        ConnectionError(.timedOut, "\(what) took longer than \(time)")
    }

    static func cancelled(_ what: String) -> ConnectionError {
        ConnectionError(.cancelled, "\(what) was cancelled")
    }

    package static func invalidKey(_ reason: String, underlying: (any Error)? = nil)
        -> ConnectionError
    {
        ConnectionError(.invalidKey, reason, underlying: underlying)
    }

    static func system(_ reason: String, _ error: any Error) -> ConnectionError {
        ConnectionError(.system, reason, underlying: error)
    }

    /// A socket's failure, in the words of a connection.
    package init(_ error: SocketError) {
        let code: Code =
            switch error.code {
            case .invalidAddress, .unresolvable: .invalidAddress
            case .addressInUse: .addressInUse
            case .refused: .refused
            case .unreachable, .notPermitted: .unreachable
            case .timedOut, .backlogFull: .timedOut
            case .tooManyDescriptors: .tooManyDescriptors
            default: .system
            }
        self.init(code, error.reason, underlying: error)
    }
}
