internal import CMultiprocessing
internal import Sockets

/// Why something with a child process failed.
package struct ProcessError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package enum Code: String, Sendable {
        /// The child cannot find the type of what it is to do.
        case unknownType
        /// What it is to do could not be written down.
        case encoding
        /// This program cannot be started a second time: the library is no part of it.
        case notInProgram
        /// The operating system refused something.
        case system
        /// The parent or the child has ended.
        case ended
        /// The task was cancelled.
        case cancelled
    }

    /// The kind of failure.
    package let code: Code
    /// One sentence for people.
    package let reason: String
    /// The error behind this one.
    package let underlying: (any Error)?

    init(_ code: Code, _ reason: String, underlying: (any Error)? = nil) {
        self.code = code
        self.reason = reason
        self.underlying = underlying
    }

    /// The code and the reason.
    package var description: String { "\(code.rawValue): \(reason)" }
}

extension ProcessError {
    static func unknownType(_ name: String) -> ProcessError {
        ProcessError(
            .unknownType,
            "a child cannot find \(name) by its name: declare it outside of functions, not private")
    }

    static func encoding(_ what: String, _ error: any Error) -> ProcessError {
        ProcessError(.encoding, "\(what): \(error)", underlying: error)
    }

    /// A child that could not be started, with the shim's -errno.
    static func notStarted(_ result: Int32) -> ProcessError {
        guard result != -MP_ENOTSUP else {
            return ProcessError(
                .notInProgram,
                "a child is this program once more, so the library must be linked into the "
                    + "program itself")
        }
        let error = SocketError.system("cannot start a process", result)
        return ProcessError(.system, error.reason, underlying: error)
    }

    static func system(_ reason: String, _ error: any Error) -> ProcessError {
        ProcessError(.system, reason, underlying: error)
    }

    static let parentEnded = ProcessError(.ended, "the parent has ended")
    static let cancelled = ProcessError(.cancelled, "waiting for a process was cancelled")
}
