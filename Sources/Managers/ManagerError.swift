internal import Sockets

/// Why something with a manager failed.
public struct ManagerError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure: what a program branches on.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String {
            case addressInUse, invalidAddress, unreachable, authenticationFailed, connectionLost
            case timedOut, cancelled, unknownType, objectGone, remote, unexpectedReply, encoding
            case messageTooLarge, closed, startFailed, tlsFailed, system, forbidden, invalidKeyRing
            case invalidLimit, leaseLost, fenced, unsupported
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// Somebody else listens at the address.
        public static let addressInUse = Code(.addressInUse)
        /// The address cannot be used.
        public static let invalidAddress = Code(.invalidAddress)
        /// Nobody listens at the address, or it cannot be reached: the call was not carried out.
        public static let unreachable = Code(.unreachable)
        /// The peer's key is another one.
        public static let authenticationFailed = Code(.authenticationFailed)
        /// The connection ended before the reply came: see ``ManagerError/isOutcomeUnknown``.
        public static let connectionLost = Code(.connectionLost)
        /// The deadline passed: `queue.Empty`, `queue.Full`, or the peer did not answer.
        public static let timedOut = Code(.timedOut)
        /// The task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// The server has no such typeid.
        public static let unknownType = Code(.unknownType)
        /// The server has no such object (any more): its last proxy was dropped, or the server was
        /// started anew. Named and shared objects can be got again.
        public static let objectGone = Code(.objectGone)
        /// The call raised an exception in the server: see ``ManagerError/exception``.
        public static let remote = Code(.remote)
        /// The rights that the server's key ring gives do not allow the call: see
        /// ``KeyRing/Rights``.
        public static let forbidden = Code(.forbidden)
        /// A key ring, or the file of one, is not well formed, or others may read it.
        public static let invalidKeyRing = Code(.invalidKeyRing)
        /// There is no such limit, or a limit cannot have that value.
        public static let invalidLimit = Code(.invalidLimit)
        /// The server's answer is not one.
        public static let unexpectedReply = Code(.unexpectedReply)
        /// A value could not be written as a pickle, or not be read as the wanted type.
        public static let encoding = Code(.encoding)
        /// A message is longer than the limit.
        public static let messageTooLarge = Code(.messageTooLarge)
        /// The manager was closed by this program.
        public static let closed = Code(.closed)
        /// The process of a server could not be started, or ended before it was ready: what it was
        /// to do first threw an error.
        public static let startFailed = Code(.startFailed)
        /// TLS was not to be had: a certificate is not what the other side trusts, cannot be used,
        /// or the peer speaks something else.
        public static let tlsFailed = Code(.tlsFailed)
        /// What was granted is over: its lease ran out, or could not be renewed, or it was given
        /// back. Another may have it.
        public static let leaseLost = Code(.leaseLost)
        /// The object has been called under a younger token than this call's: whoever makes it has
        /// been overtaken. Nothing of it was carried out.
        public static let fenced = Code(.fenced)
        /// The server is CPython's, and cannot do that.
        public static let unsupported = Code(.unsupported)
        /// The operating system refused something.
        public static let system = Code(.system)

        /// The code of that name.
        package init?(named name: String) {
            guard let kind = Kind(rawValue: name) else { return nil }
            self.init(kind)
        }

        /// The code's name.
        public var description: String { kind.rawValue }
    }

    /// What there is to say, in one place: an error is a reference, so that a result which may be
    /// one is no larger than two words, and copied as quickly.
    private final class Contents: Sendable {
        let code: Code
        let reason: String
        let exception: RemoteException?
        let underlying: (any Error)?
        let isOutcomeUnknown: Bool

        init(
            _ code: Code, _ reason: String, _ exception: RemoteException?,
            _ underlying: (any Error)?, isOutcomeUnknown: Bool
        ) {
            self.code = code
            self.reason = reason
            self.exception = exception
            self.underlying = underlying
            self.isOutcomeUnknown = isOutcomeUnknown
        }
    }

    private let contents: Contents

    /// The kind of failure.
    public var code: Code { contents.code }
    /// One sentence for people.
    public var reason: String { contents.reason }
    /// The exception that the call raised in the server, for the codes `remote`, `leaseLost` and
    /// `fenced`.
    public var exception: RemoteException? { contents.exception }
    /// The error behind this one.
    public var underlying: (any Error)? { contents.underlying }
    /// Whether the call was with the server when this happened, so that it may or may not have been
    /// carried out: it is not made again by itself, and who makes it again may do so twice.
    public var isOutcomeUnknown: Bool { contents.isOutcomeUnknown }

    package init(
        _ code: Code, _ reason: String, exception: RemoteException? = nil,
        underlying: (any Error)? = nil, isOutcomeUnknown: Bool = false
    ) {
        contents = Contents(
            code, reason, exception, underlying, isOutcomeUnknown: isOutcomeUnknown)
    }

    /// The code and the reason.
    public var description: String { "\(code): \(reason)" }
}

/// An exception raised in a manager server, as Python would see it.
public struct RemoteException: Sendable, Hashable {
    /// The module of the exception's class: `builtins`.
    public let module: String
    /// The name of the exception's class: `KeyError`.
    public let name: String
    /// `str(exception)`
    public let message: String
    /// The server's traceback, for what went wrong outside of the called method: there Python
    /// raises a `RemoteError` with this text.
    public let traceback: String?
    /// The name of the Swift type of the error, where it was thrown by a method of a ``Registry``'s
    /// type. Python has it as the exception's `swift_type`.
    public let swiftType: String?

    init(
        module: String, name: String, message: String, traceback: String? = nil,
        swiftType: String? = nil
    ) {
        self.module = module
        self.name = name
        self.message = message
        self.traceback = traceback
        self.swiftType = swiftType
    }
}

extension ManagerError {
    static let certificateMissing = ManagerError(
        .tlsFailed, "TLS is to be spoken, and there is no certificate to show")

    static func system(_ error: SocketError) -> ManagerError {
        let code: Code =
            switch error.code {
            case .addressInUse: .addressInUse
            case .invalidAddress, .unresolvable: .invalidAddress
            case .refused, .unreachable, .backlogFull: .unreachable
            case .timedOut: .timedOut
            default: .system
            }
        return ManagerError(code, error.reason, underlying: error)
    }
}
