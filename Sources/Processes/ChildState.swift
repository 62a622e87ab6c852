internal import Connections

/// What a ``ChildProcess`` is and may do, without the process itself.
struct ChildState: Sendable, Equatable {
    /// Where in its life it stands.
    enum Phase: Sendable, Equatable {
        case created
        case starting
        case running(Int32)
        case ended(Int32, ProcessEnd)
        case closed
        /// No child of ours: this process itself, or its parent.
        case relative(Int32)
    }

    /// CPython's exit code where nobody knows it any more.
    static let unknownCode: Int32 = 255

    var name: String
    let path: [Int]
    private(set) var daemon: Bool
    var authkey: AuthenticationKey?
    private(set) var phase: Phase

    init(
        name: String, path: [Int], daemon: Bool, authkey: AuthenticationKey? = nil,
        phase: Phase = .created
    ) {
        self.name = name
        self.path = path
        self.daemon = daemon
        self.authkey = authkey
        self.phase = phase
    }

    /// It is to be started: once, and by nobody who may have no children.
    mutating func beginStart(byDaemon: Bool) throws(ProcessError) {
        switch phase {
        case .created: break
        case .starting, .running, .ended: throw .alreadyStarted(name)
        case .relative: throw .noChild(name, "started")
        case .closed: throw .closed(name)
        }
        if byDaemon { throw .daemonicParent }
        phase = .starting
    }

    /// It runs, or it came to nothing: then it may be tried once more.
    mutating func finishStart(_ identifier: Int32?) {
        precondition(phase == .starting, "a start that nobody has begun")
        phase = identifier.map { .running($0) } ?? .created
    }

    /// How it ended is known.
    mutating func ended(_ end: ProcessEnd) {
        if case .running(let identifier) = phase { phase = .ended(identifier, end) }
    }

    /// Whether it has ended already, for whoever is to wait for that.
    func checkJoin() throws(ProcessError) {
        switch phase {
        case .created, .starting: throw .notStarted(name, "joined")
        case .relative: throw .noChild(name, "joined")
        case .closed: throw .closed(name)
        case .running, .ended: break
        }
    }

    /// Whether a signal may be sent.
    func checkSignal() throws(ProcessError) {
        switch phase {
        case .created, .starting: throw .notStarted(name, "sent a signal")
        case .relative: throw .noChild(name, "sent a signal")
        case .closed: throw .closed(name)
        case .running, .ended: break
        }
    }

    /// Nothing more is asked of it.
    mutating func close() throws(ProcessError) {
        switch phase {
        case .starting, .running: throw .stillRunning(name)
        case .relative: throw .noChild(name, "closed")
        case .created, .ended, .closed: phase = .closed
        }
    }

    /// Whether it ends with its parent: to be decided before it starts.
    mutating func setDaemon(_ daemon: Bool) throws(ProcessError) {
        guard phase == .created else {
            if phase == .closed { throw .closed(name) }
            throw .alreadyStarted(name)
        }
        self.daemon = daemon
    }

    /// Its number; nil before its start.
    var identifier: Int32? {
        get throws(ProcessError) {
            switch phase {
            case .created, .starting: nil
            case .running(let identifier), .ended(let identifier, _), .relative(let identifier):
                identifier
            case .closed: throw .closed(name)
            }
        }
    }

    /// How it ended: a status, -N for signal N, or nil before that.
    var exitCode: Int32? {
        get throws(ProcessError) {
            switch phase {
            case .created, .starting, .running, .relative: nil
            case .ended(_, .exited(let status)): status
            case .ended(_, .signalled(let signal)): -signal
            case .ended(_, .unknown): Self.unknownCode
            case .closed: throw .closed(name)
            }
        }
    }
}
