internal import CMultiprocessing

/// What went wrong with a socket or an address: a code to switch on, a sentence to read, and the
/// operating system's error number where there is one.
public struct SocketError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidAddress, unresolvable, addressInUse, refused, unreachable, timedOut
            case tooManyDescriptors, backlogFull, notPermitted, system
        }
        private let kind: Kind

        /// The address does not parse, or no socket can have it (a path of 108 bytes, port 70000).
        public static let invalidAddress = Code(kind: .invalidAddress)
        /// The host name is unknown, or the name service does not answer.
        public static let unresolvable = Code(kind: .unresolvable)
        /// Somebody listens there already, or the path is a file that is no socket.
        public static let addressInUse = Code(kind: .addressInUse)
        /// Nobody listens there.
        public static let refused = Code(kind: .refused)
        /// There is no way to that host.
        public static let unreachable = Code(kind: .unreachable)
        /// The network gave up.
        public static let timedOut = Code(kind: .timedOut)
        /// The process or the system has no descriptor (or no memory for one) left.
        public static let tooManyDescriptors = Code(kind: .tooManyDescriptors)
        /// The backlog of a listening Unix socket is full: try again soon.
        public static let backlogFull = Code(kind: .backlogFull)
        /// The file or the port is not ours to use.
        public static let notPermitted = Code(kind: .notPermitted)
        /// Anything else the system refused: see `errorNumber`.
        public static let system = Code(kind: .system)

        /// The code's name, as above.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// The system's error number (`errno`), where the system refused.
    public let errorNumber: Int32?

    /// The reason, with the code in front.
    public var description: String { "\(code): \(reason)" }
}

extension SocketError {
    package static func invalidAddress(_ text: String, _ problem: String) -> SocketError {
        SocketError(code: .invalidAddress, reason: "'\(text)' \(problem)", errorNumber: nil)
    }

    package static func unresolvable(_ host: String, code: Int32) -> SocketError {
        let problem = unsafe mp_address_problem(code).map { unsafe String(cString: $0) }
        return SocketError(
            code: .unresolvable, reason: "host '\(host)': \(problem ?? "unknown")",
            errorNumber: nil)
    }

    package static func addressInUse(_ address: SocketAddress, _ problem: String) -> SocketError {
        SocketError(
            code: .addressInUse, reason: "\(address): \(problem)", errorNumber: MP_EADDRINUSE)
    }

    /// The error for a call that the system refused with `number`, which may be negated (the shims
    /// return -errno).
    package static func system(_ call: String, _ number: Int32) -> SocketError {
        let number = number < 0 ? 0 &- number : number
        let name = unsafe mp_error_name(number).map { unsafe String(cString: $0) }
        let sentence = unsafe mp_error_sentence(number).map { unsafe String(cString: $0) }
        return SocketError(
            code: code(of: number),
            reason: "\(call): \(sentence ?? "error") (\(name ?? String(number)))",
            errorNumber: number)
    }

    private static func code(of number: Int32) -> Code {
        switch number {
        case MP_EADDRINUSE: .addressInUse
        // Reset, by a listener that ended before it had accepted.
        case MP_ECONNREFUSED, MP_ENOENT, MP_ECONNRESET: .refused
        case MP_EHOSTUNREACH, MP_ENETUNREACH, MP_EHOSTDOWN, MP_ENETDOWN, MP_EADDRNOTAVAIL,
            MP_EAFNOSUPPORT:
            .unreachable
        case MP_ETIMEDOUT: .timedOut
        case MP_EMFILE, MP_ENFILE, MP_ENOBUFS, MP_ENOMEM: .tooManyDescriptors
        case MP_EAGAIN: .backlogFull
        case MP_EACCES, MP_EPERM: .notPermitted
        default: .system
        }
    }
}
