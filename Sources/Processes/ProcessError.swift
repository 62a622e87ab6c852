internal import CMultiprocessing
internal import Sockets

/// Why something with a process failed: a code to switch on, a sentence to read, and the error
/// below it where there is one.
public struct ProcessError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case unknownType, encoding, notInProgram, alreadyStarted, notStarted, stillRunning
            case closed, noChild, daemonicParent, notSynchronous, methodAlreadySet
            case preparationFailed, system, ended, cancelled
            case taskFailed, workerDied, noWorkers, notReady
            case notHeld, releasedTooOften, brokenBarrier, timedOut, tooManyWaiters
            case invalidArgument, exists, notFound, malformed, outOfRange, noRoom
        }
        private let kind: Kind

        /// The child cannot find the type of what it is to do.
        public static let unknownType = Code(kind: .unknownType)
        /// What it is to do could not be written down, or not be read.
        public static let encoding = Code(kind: .encoding)
        /// This program cannot be started a second time: the library is no part of it.
        public static let notInProgram = Code(kind: .notInProgram)
        /// A process can be started once, and be changed before only.
        public static let alreadyStarted = Code(kind: .alreadyStarted)
        /// The process has not been started.
        public static let notStarted = Code(kind: .notStarted)
        /// The process runs, and must not for this.
        public static let stillRunning = Code(kind: .stillRunning)
        /// The object has been closed.
        public static let closed = Code(kind: .closed)
        /// The process is no child of this one: it is this one, its parent, or another's child.
        public static let noChild = Code(kind: .noChild)
        /// This process is a daemon, and may have no children.
        public static let daemonicParent = Code(kind: .daemonicParent)
        /// A process can be forked only for a `SynchronousProcessTarget`.
        public static let notSynchronous = Code(kind: .notSynchronous)
        /// The start method has been set before.
        public static let methodAlreadySet = Code(kind: .methodAlreadySet)
        /// The fork server could not prepare itself.
        public static let preparationFailed = Code(kind: .preparationFailed)
        /// The operating system refused something.
        public static let system = Code(kind: .system)
        /// The parent or the child has ended.
        public static let ended = Code(kind: .ended)
        /// The task was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// A lock is given back, or its condition used, by who does not hold it.
        public static let notHeld = Code(kind: .notHeld)
        /// A bounded semaphore would have more permits than it began with.
        public static let releasedTooOften = Code(kind: .releasedTooOften)
        /// A barrier is broken, or was reset, while a party waited.
        public static let brokenBarrier = Code(kind: .brokenBarrier)
        /// The time is over.
        public static let timedOut = Code(kind: .timedOut)
        /// As many wait for a condition as can.
        public static let tooManyWaiters = Code(kind: .tooManyWaiters)
        /// An argument that no call takes: a negative size, no parties.
        public static let invalidArgument = Code(kind: .invalidArgument)
        /// A shared memory block of that name is there already.
        public static let exists = Code(kind: .exists)
        /// No shared memory block of that name, or no such value in a list.
        public static let notFound = Code(kind: .notFound)
        /// What lies in shared memory is not what it should be.
        public static let malformed = Code(kind: .malformed)
        /// No such index.
        public static let outOfRange = Code(kind: .outOfRange)
        /// A value is larger than the room there is for it.
        public static let noRoom = Code(kind: .noRoom)

        /// A task of a pool has thrown: `reason` has what it said, and `underlying` the error
        /// itself if it is `Codable`.
        public static let taskFailed = Code(kind: .taskFailed)
        /// The worker died that had the task: nobody knows how far it came.
        public static let workerDied = Code(kind: .workerDied)
        /// The workers of a pool end before they have begun.
        public static let noWorkers = Code(kind: .noWorkers)
        /// The result is not there yet.
        public static let notReady = Code(kind: .notReady)
        /// The code's name, as above.
        public var description: String { kind.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, as a sentence without its full stop.
    public let reason: String
    /// The error it came from, if it came from one.
    public let underlying: (any Error)?

    /// The reason, with the code in front.
    public var description: String { "\(code): \(reason)" }

    init(_ code: Code, _ reason: String, underlying: (any Error)? = nil) {
        self.code = code
        self.reason = reason
        self.underlying = underlying
    }
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

extension ProcessError {
    static func alreadyStarted(_ name: String) -> ProcessError {
        ProcessError(.alreadyStarted, "\(name) has been started")
    }

    static func notStarted(_ name: String, _ what: String) -> ProcessError {
        ProcessError(.notStarted, "\(name) cannot be \(what) before it has been started")
    }

    static func stillRunning(_ name: String) -> ProcessError {
        ProcessError(.stillRunning, "\(name) runs: join or terminate it before it is closed")
    }

    static func closed(_ name: String) -> ProcessError {
        ProcessError(.closed, "\(name) has been closed")
    }

    static func noChild(_ name: String, _ what: String) -> ProcessError {
        ProcessError(.noChild, "\(name) cannot be \(what): it is no child of this process")
    }

    static func notSynchronous(_ type: any ProcessTarget.Type) -> ProcessError {
        ProcessError(
            .notSynchronous,
            "a forked child has none of Swift's threads, so \(type) has to be a "
                + "SynchronousProcessTarget, or to be started by another method")
    }

    /// A fork server that is not prepared, with its -errno.
    static func preparationFailed(_ result: Int32) -> ProcessError {
        ProcessError(
            .preparationFailed,
            result == -MP_EBUSY
                ? "the fork server's preparation has started threads that have not ended"
                : "the fork server's preparation has failed; it has said why on standard error")
    }

    static let cannotBegin = ProcessError(
        .system, "no copy of this process can begin: its other threads hold what one needs")
    static let forkServerEnded = ProcessError(
        .ended, "the fork server ends as soon as it is started")
    static let methodAlreadySet = ProcessError(
        .methodAlreadySet, "the start method has already been set")
    static let daemonicParent = ProcessError(
        .daemonicParent, "daemonic processes are not allowed to have children")
}
