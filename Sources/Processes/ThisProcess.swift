internal import CMultiprocessing
internal import Connections
internal import Logging
internal import Synchronization

/// What this process is to the library: its own name and key, its parent, and its children.
final class ThisProcess: Sendable {
    private struct State {
        /// How many children have been made, started or not.
        var made = 0
        /// Those that have been started and not been taken leave of, by their numbers.
        var children: [Int: ChildProcess] = [:]
        /// By which they are started, where the program has said so.
        var method: StartMethod?
        /// Of which they are processes; nil for this program.
        var executable: String?
        /// From which level on it logs to standard error; nil for not at all.
        var logLevel: Logger.Level?
    }

    /// SAFETY: it is set once more in a child only, before anything there can ask for it.
    private nonisolated(unsafe) static var one = ThisProcess(
        current: ChildProcess(
            ChildState(
                name: "MainProcess", path: [], daemon: false, phase: .relative(mp_process_id()))),
        parent: nil)

    static var shared: ThisProcess { unsafe one }

    /// What `ChildProcess.current` is.
    let current: ChildProcess
    /// What `ChildProcess.parent` is.
    let parent: ChildProcess?
    /// Where children are forked by the method of that name.
    let forkServers = ForkServers()
    private let state = Mutex(State())

    private init(current: ChildProcess, parent: ChildProcess?) {
        self.current = current
        self.parent = parent
    }

    /// This process is a child, as its parent has described it.
    static func begin(_ origin: ProcessOrigin, _ link: ParentLink) {
        let current = ChildProcess(
            ChildState(
                name: origin.name, path: origin.path, daemon: origin.daemon,
                phase: .relative(mp_process_id())))
        let parent = ChildProcess(
            ChildState(
                name: origin.parentName, path: origin.path.dropLast(), daemon: false,
                authkey: origin.authkey, phase: .relative(origin.parent)),
            link: link)
        // What the process had of which this one has been forked is never freed: its descriptors
        // are closed already.
        _ = unsafe Unmanaged.passRetained(one)
        unsafe one = ThisProcess(current: current, parent: parent)
        shared.state.withLock { state in
            state.method = origin.method
            state.logLevel = origin.logLevel
        }
    }

    /// The start method that has been set; nil before that.
    var method: StartMethod? { state.withLock { $0.method } }

    /// Sets the start method.
    ///
    /// - Throws: `ProcessError` with `methodAlreadySet`.
    func setMethod(_ method: StartMethod, force: Bool) throws(ProcessError) {
        try state.withLock { state throws(ProcessError) in
            if state.method != nil, !force { throw .methodAlreadySet }
            state.method = method
        }
    }

    /// The program of which children are processes; nil for this one.
    var executable: String? {
        get { state.withLock { $0.executable } }
        set { state.withLock { $0.executable = newValue } }
    }

    /// From which level on it logs to standard error; nil for not at all.
    var logLevel: Logger.Level? {
        get { state.withLock { $0.logLevel } }
        set { state.withLock { $0.logLevel = newValue } }
    }

    /// The name and the place of the next child: `Process-2` of the first process, `Process-1:2` of
    /// its first child.
    func nextPlace() -> (name: String, path: [Int]) {
        let number = state.withLock { state in
            state.made += 1
            return state.made
        }
        let path = current.path + [number]
        return ("Process-" + path.map(String.init).joined(separator: ":"), path)
    }

    /// The children that run, in the order in which they were made.
    var children: [ChildProcess] {
        let all = state.withLock { $0.children }
        return all.sorted { $0.key < $1.key }.map(\.value).filter { $0.runs }
    }

    /// Holds on to a child while it runs: a program need not.
    func add(_ child: ChildProcess) {
        mp_at_exit { ThisProcess.shared.sayFarewell() }
        state.withLock { $0.children[child.number] = child }
    }

    /// What CPython does at the end of a process: daemons are ended, and the others waited for.
    private func sayFarewell() {
        let running = children
        for child in running where child.daemon { try? child.terminate() }
        for child in running where !child.daemon { child.waitAtExit() }
    }

    func remove(_ number: Int) {
        // What has ended may be a copy that was forked in vain, and another one runs.
        if state.withLock({ $0.children[number] })?.runs == true { return }
        // It may end here: not under the lock.
        let child = state.withLock { $0.children.removeValue(forKey: number) }
        _ = consume child
    }
}
