internal import CMultiprocessing
internal import Connections
internal import Synchronization

/// What this process is to the library: its own name and key, its parent, and its children.
final class ThisProcess: Sendable {
    private struct State {
        /// How many children have been made, started or not.
        var made = 0
        /// Those that have been started and not been taken leave of, by their numbers.
        var children: [Int: ChildProcess] = [:]
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
                authkey: origin.authkey, phase: .relative(mp_process_id())))
        let parent = ChildProcess(
            ChildState(
                name: origin.parentName, path: origin.path.dropLast(), daemon: false,
                authkey: origin.authkey, phase: .relative(origin.parent)),
            link: link)
        unsafe one = ThisProcess(current: current, parent: parent)
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
        state.withLock { $0.children[child.number] = child }
    }

    func remove(_ number: Int) {
        // It may end here: not under the lock.
        let child = state.withLock { $0.children.removeValue(forKey: number) }
        _ = consume child
    }
}
