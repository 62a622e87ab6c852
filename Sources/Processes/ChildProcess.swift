internal import CMultiprocessing
public import Connections
package import Sockets
internal import Synchronization

/// A process that this one starts to do something: CPython's `multiprocessing.Process`.
///
/// ```swift
/// let child = ChildProcess(Greet(name: "bob"))
/// try await child.start()
/// try await child.join()
/// print(try child.exitCode ?? -1)
/// ```
///
/// The child is taken leave of as soon as it ends, so it is never a zombie for long, and never
/// mistaken for a later process with the same number. It runs on when the last reference to this
/// object goes.
///
/// - Note: As CPython does, a program that ends by `exit` or by returning from `main` ends its
///   daemons (SIGTERM) and waits for its other children.  One that ends in another way, by kill -9
///   too, leaves those to themselves; its daemons end nevertheless, which CPython's do not.
public final class ChildProcess: Sendable {
    private struct Contents {
        var state: ChildState
        var process: LaunchedProcess?
        var sentinel: SharedDescriptor?

        /// The state, once it has been looked whether the process has ended.
        mutating func current() -> ChildState {
            if let end = process?.end { state.ended(end) }
            return state
        }
    }

    /// Which child of its parent it is, after the same of that: CPython's `_identity`.
    let path: [Int]
    private let contents: Mutex<Contents>
    private let target: (any ProcessTarget)?
    private let context: ProcessContext
    /// The line to it, if it is this process's parent.
    private let link: ParentLink?

    /// Makes a child; `start()` starts it.
    ///
    /// - Parameters:
    ///   - target: what it does.
    ///   - name: for people; nil for `Process-1`, `Process-2` and so on, and `Process-2:1` for the
    ///     first child of the second.
    ///   - daemon: whether it is ended when this process ends, and may have no children; nil for
    ///     what this process is.
    ///   - context: how it is started.
    public convenience init(
        _ target: some ProcessTarget, name: String? = nil, daemon: Bool? = nil,
        context: ProcessContext = .default
    ) {
        let this = ThisProcess.shared
        let place = this.nextPlace()
        self.init(
            ChildState(
                name: name ?? place.name, path: place.path, daemon: daemon ?? this.current.daemon),
            target: target, context: context)
    }

    init(
        _ state: ChildState, target: (any ProcessTarget)? = nil,
        context: ProcessContext = ProcessContext(.spawn), link: ParentLink? = nil
    ) {
        contents = Mutex(Contents(state: state))
        self.target = target
        self.context = context
        self.link = link
        path = state.path
    }

    /// The last number of its path; 0 in a program's first process.
    var number: Int { path.last ?? 0 }

    // MARK: What it is

    /// Its name, for people: it means nothing, and several may have the same.
    public var name: String {
        get { contents.withLock { $0.state.name } }
        set { contents.withLock { $0.state.name = newValue } }
    }

    /// Whether it is ended when its parent ends, and may have no children of its own.
    public var daemon: Bool { contents.withLock { $0.state.daemon } }

    /// Makes it a daemon, or not: before it starts.
    ///
    /// - Throws: `ProcessError` with `alreadyStarted`, `closed`.
    public func setDaemon(_ daemon: Bool) throws(ProcessError) {
        try contents.withLock { contents throws(ProcessError) in
            try contents.state.setDaemon(daemon)
        }
    }

    /// The key with which its connections are authenticated.  The first process of a program makes
    /// one up, children have that of their parent; what is set after a child's start is not that
    /// child's.
    public var authkey: AuthenticationKey {
        get {
            let own = isCurrent ? nil : contents.withLock { $0.state.authkey }
            return own ?? ProcessKey.current
        }
        set {
            if isCurrent {
                ProcessKey.current = newValue
                return
            }
            contents.withLock { $0.state.authkey = newValue }
        }
    }

    private var isCurrent: Bool { ThisProcess.shared.current === self }

    /// Its process number; nil before it starts.
    ///
    /// - Throws: `ProcessError` with `closed`.
    public var pid: Int32? {
        get throws(ProcessError) { try current().identifier }
    }

    /// How it ended: 0 for well, 1 for an error that its target threw, the status that it gave to
    /// `exit`, or -N for signal N; nil until then.
    ///
    /// 255 is for a child that somebody else in this program took leave of (`wait(2)`).
    ///
    /// - Throws: `ProcessError` with `closed`.
    public var exitCode: Int32? {
        get throws(ProcessError) { try current().exitCode }
    }

    /// Whether it runs.
    ///
    /// - Throws: `ProcessError` with `closed`, `noChild` for a child of another process.
    public var isAlive: Bool {
        get throws(ProcessError) {
            let state = current()
            switch state.phase {
            case .created, .starting, .ended: return false
            case .closed: throw .closed(state.name)
            case .running:
                try checkOwner()
                return true
            case .relative: return link?.hasEnded != true
            }
        }
    }

    /// Whether it is a child that runs.
    var runs: Bool {
        if case .running = current().phase { true } else { false }
    }

    /// The number of a descriptor that becomes readable when it ends: of a pidfd, or of the line to
    /// this process's parent.  It stays this object's: it is closed by `close()`, and when this
    /// object goes.
    ///
    /// - Throws: `ProcessError` with `notStarted`, `closed`, `noChild`.
    public var sentinel: Int32 {
        get throws(ProcessError) { try sentinelDescriptor.descriptor.raw }
    }

    /// What `sentinel` is the number of.
    package var sentinelDescriptor: SharedDescriptor {
        get throws(ProcessError) {
            if let descriptor = contents.withLock({ $0.sentinel }) ?? link?.descriptor {
                return descriptor
            }
            let state = current()
            switch state.phase {
            case .closed: throw .closed(state.name)
            case .relative: throw .noChild(state.name, "waited for")
            default: throw .notStarted(state.name, "waited for")
            }
        }
    }

    /// What is known of it now.
    func current() -> ChildState {
        contents.withLock { $0.current() }
    }

    /// Whether it is a child of this process, or is to be.
    var isOfThisProcess: Bool {
        !path.isEmpty && path.dropLast() == ThisProcess.shared.current.path[...]
    }

    /// A child that was made before this process was forked is a child of its parent.
    private func checkOwner() throws(ProcessError) {
        if !isOfThisProcess { throw .noChild(name, "used") }
    }

    // MARK: What it does

    /// Does in this process what the child would do.
    ///
    /// - Throws: what the target throws; `ProcessError` with `noChild` where there is none.
    public func run() async throws {
        guard let target else { throw ProcessError.noChild(name, "run") }
        try await target.run()
    }

    /// Starts it, and returns when it has been told what to do.
    ///
    /// - Throws: `ProcessError` with `alreadyStarted`, `closed`, `daemonicParent`, `noChild`,
    ///   `notSynchronous`, and,
    ///   after which it may be tried once more, `unknownType`, `encoding`, `notInProgram`,
    ///   `system`, `ended`, `cancelled`.
    public func start() async throws(ProcessError) {
        let this = ThisProcess.shared
        // This process may be the one that is to be started: not under its lock.
        let byDaemon = this.current.daemon
        let state = try contents.withLock { contents throws(ProcessError) in
            try contents.state.beginStart(byDaemon: byDaemon)
            return contents.state
        }
        do throws(ProcessError) {
            try checkOwner()
            let launch = try launch(state, by: this.current)
            let process = try await LaunchedProcess.start(launch, by: context.method) {
                [number] _ in this.remove(number)
            }
            contents.withLock { contents in
                contents.state.finishStart(process.identifier)
                contents.process = process
                contents.sentinel = process.sentinel
            }
            this.add(self)
            // It may have ended, and been removed, before.
            if process.end != nil { this.remove(number) }
        } catch {
            contents.withLock { $0.state.finishStart(nil) }
            throw error
        }
    }

    private func launch(
        _ state: ChildState, by parent: ChildProcess
    ) throws(ProcessError) -> Launch {
        guard let target else { throw .noChild(state.name, "started") }
        if context.method == .fork, !(target is any SynchronousProcessTarget) {
            throw .notSynchronous(type(of: target))
        }
        let origin = ProcessOrigin(
            name: state.name, path: path, daemon: state.daemon,
            authkey: state.authkey ?? parent.authkey, parentName: parent.name,
            parent: mp_process_id(), method: context.method,
            logLevel: ThisProcess.shared.logLevel)
        return try Self.launch(target, origin)
    }

    private static func launch<Target: ProcessTarget>(
        _ target: Target, _ origin: ProcessOrigin
    ) throws(ProcessError) -> Launch {
        try Launch(TargetMain(origin: origin, target: target))
    }

    /// Waits until it has ended.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Returns: whether it has ended; false when the time is over.
    /// - Throws: `ProcessError` with `notStarted`, `noChild` (for this process itself, or for a
    ///   child of another), `closed`, `cancelled`.
    @discardableResult
    public func join(timeout: Duration? = nil) async throws(ProcessError) -> Bool {
        if let link { return try await link.waitForEnd(timeout: timeout) }
        try current().checkJoin()
        try checkOwner()
        guard let process = contents.withLock({ $0.process }) else { return true }
        return try await process.wait(timeout: timeout) != nil
    }

    /// Holds up the thread until it has ended; whoever takes leave of it, does.
    func waitAtExit() {
        if case .running(let identifier) = current().phase { mp_child_wait(identifier) }
    }

    /// Sends it SIGINT, as Ctrl-C does: unless it has made arrangements, it ends with -2.
    ///
    /// - Throws: `ProcessError` with `notStarted`, `noChild`, `closed`.
    public func interrupt() throws(ProcessError) { try send(.interrupt) }

    /// Sends it SIGTERM: unless it has made arrangements, it ends with -15.  Its own children are
    /// not sent anything; those that are daemons end with it.
    ///
    /// - Throws: `ProcessError` with `notStarted`, `noChild`, `closed`.
    public func terminate() throws(ProcessError) { try send(.terminate) }

    /// Sends it SIGKILL: it ends with -9.
    ///
    /// - Throws: `ProcessError` with `notStarted`, `noChild`, `closed`.
    public func kill() throws(ProcessError) { try send(.kill) }

    /// To a child that has ended nothing is sent.
    private func send(_ signal: LaunchedProcess.Signal) throws(ProcessError) {
        try current().checkSignal()
        try checkOwner()
        contents.withLock { $0.process }?.send(signal)
    }

    /// Gives up what this object holds; nothing more can be asked of it then, but its name.
    ///
    /// - Throws: `ProcessError` with `stillRunning`, `noChild`.
    public func close() throws(ProcessError) {
        // What it holds ends after the lock.
        let held = try contents.withLock { contents throws(ProcessError) in
            _ = contents.current()
            try contents.state.close()
            defer { (contents.process, contents.sentinel) = (nil, nil) }
            return (contents.process, contents.sentinel)
        }
        withExtendedLifetime(held) {}
    }
}
