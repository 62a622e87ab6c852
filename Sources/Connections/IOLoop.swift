package import Sockets
internal import Synchronization

/// What the loop calls when a descriptor is ready.
package protocol LoopMember: AnyObject, Sendable {
    /// On the loop's thread.  `scratch` is the loop's buffer, lent for the time of the call.
    func becameReady(_ ready: Ready, scratch: UnsafeMutableRawBufferPointer)
}

/// The one thread of a process that waits for the sockets of all its connections and listeners.
///
/// It starts with the first of them and stays.  It calls members without holding a lock of its own,
/// so a member may use it while holding its own.
///
/// Tasks may run on it: see ``TaskExecutor``. Their calls then need no other thread: what they ask
/// goes out while those that are ready run, and who waited goes on where the reply was read.
package final class IOLoop: TaskExecutor, Sendable {
    /// Size of the buffer into which all connections read, in bytes.
    static let scratchSize = 262_144

    typealias TimerID = TimerQueue<@Sendable () -> Void>.ID

    private struct State {
        var members = MemberTable()
        var timers = TimerQueue<@Sendable () -> Void>()
        /// When the thread wakes by itself; a timer before that must wake it.
        var wakesAt = Int64.min
    }

    private final class Place: Sendable {
        let loop = Mutex<IOLoop?>(nil)
    }

    /// SAFETY: it is set once more only by the one thread of a process that has been forked.
    private nonisolated(unsafe) static var one = Place()

    /// How many tasks are run before it looks at the sockets again.
    private static let tasksPerTurn = 1024

    private let poller: Poller
    private let state = Mutex(State())
    /// Tasks that other threads have made ready.
    private let arrivals = Mutex<[UnownedJob]>([])
    private let turn = Turn()

    /// What only the loop's thread is at.
    ///
    /// SAFETY: one thread reads and writes it, and each access ends before the next begins.
    private final class Turn: @unchecked Sendable {
        @safe @exclusivity(unchecked) var tasks: [UnownedJob] = []
        @safe @exclusivity(unchecked) var unflushed: [TaggedLine] = []
    }

    private init() throws(SocketError) {
        poller = try Poller()
    }

    /// Whether the calling thread is the loop's.
    var isCurrent: Bool { ThreadMark.isSet(self) }

    /// Has a line write when the tasks that are ready have run.
    func flushLater(_ line: TaggedLine) {
        turn.unflushed.append(line)
    }

    /// The process's loop, started if need be.
    ///
    /// - Throws: `.tooManyDescriptors`, `.system`; the next call tries again.
    package static func shared() throws(ConnectionError) -> IOLoop {
        try unsafe one.loop.withLock { one throws(ConnectionError) in
            if let one { return one }
            do throws(SocketError) {
                let loop = try IOLoop()
                try DedicatedThread.start(name: "mp-io-loop") { loop.run() }
                one = loop
                return loop
            } catch {
                throw ConnectionError(error)
            }
        }
    }

    /// Forgets the loop of the process of which this one has been forked: its thread is not here,
    /// and its descriptors are closed.  It is never freed, for that would close them again.
    package static func forget() {
        _ = unsafe Unmanaged.passRetained(one)
        unsafe one = Place()
    }

    /// Takes in a member.
    ///
    /// - Returns: the token under which it watches its descriptor.
    package func join(_ member: any LoopMember) -> UInt64 {
        state.withLock { $0.members.add(member) }
    }

    /// Lets a member go; its descriptor must have been closed or unwatched.
    package func leave(_ token: UInt64) {
        // The member may end here, and call us as it ends: not under the lock.
        let member = state.withLock { $0.members.remove(token) }
        _ = consume member
    }

    /// Changes what a member's descriptor waits for; nothing at all means that it is not watched.
    package func watch(
        _ descriptor: Int32, token: UInt64, from old: Interest, to new: Interest
    ) throws(SocketError) {
        if old == new { return }
        if new.isEmpty {
            poller.remove(descriptor)
        } else if old.isEmpty {
            try poller.add(descriptor, token: token, interest: new)
        } else {
            try poller.modify(descriptor, token: token, interest: new)
        }
    }

    /// Watches a descriptor for something else, or for the same once more.
    package func rewatch(
        _ descriptor: Int32, token: UInt64, _ interest: Interest
    ) throws(SocketError) {
        try poller.modify(descriptor, token: token, interest: interest)
    }

    /// Watches a descriptor no more.
    package func unwatch(_ descriptor: Int32) {
        poller.remove(descriptor)
    }

    /// Calls `action` on the loop's thread at the deadline (`MonotonicClock`).
    func schedule(at deadline: Int64, _ action: @escaping @Sendable () -> Void) -> TimerID {
        let (id, isFirst) = state.withLock { state in
            let id = state.timers.add(deadline: deadline, action)
            return (id, deadline < state.wakesAt)
        }
        if isFirst { poller.waker.wake() }
        return id
    }

    /// Stops a timer.  Its action may just be running.
    func cancel(_ timer: TimerID) {
        // As with members: what the action holds may end here.
        let action = state.withLock { $0.timers.cancel(timer) }
        _ = consume action
    }

    private func run() {
        ThreadMark.set(self)
        let scratch = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.scratchSize, alignment: 16)
        while true {
            do throws(SocketError) {
                let patience = turn.tasks.isEmpty ? timeUntilNextTimer() : 0
                try poller.wait(nanoseconds: patience) { token, ready in
                    let member = state.withLock { $0.members[token] }
                    unsafe member?.becameReady(ready, scratch: scratch)
                }
            } catch {
                preconditionFailure("the I/O loop's poller is broken: \(error)")
            }
            fireTimers()
            runTasks()
            flushLines()
        }
    }

    /// Runs the tasks that are ready, and those that they make ready, up to a number.
    private func runTasks() {
        arrivals.withLock { arrivals in
            guard !arrivals.isEmpty else { return }
            turn.tasks += arrivals
            arrivals.removeAll(keepingCapacity: true)
        }
        var next = 0
        while next < turn.tasks.count, next < Self.tasksPerTurn {
            let task = turn.tasks[next]
            next += 1
            unsafe task.runSynchronously(on: asUnownedTaskExecutor())
        }
        turn.tasks.removeFirst(next)
    }

    private func flushLines() {
        while let line = turn.unflushed.popLast() { line.flush() }
    }

    private func timeUntilNextTimer() -> Int64 {
        let deadline = state.withLock { state in
            let deadline = state.timers.earliest
            state.wakesAt = deadline ?? .max
            return deadline
        }
        guard let deadline else { return -1 }
        return max(0, deadline - MonotonicClock.nanoseconds)
    }

    private func fireTimers() {
        let now = MonotonicClock.nanoseconds
        while let action = state.withLock({ state in
            state.wakesAt = .min
            return state.timers.popDue(now: now)
        }) {
            action()
        }
    }
}

extension IOLoop {
    /// Runs a task's next part on the loop's thread.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            turn.tasks.append(job)
        } else {
            arrivals.withLock { $0.append(job) }
            poller.waker.wake()
        }
    }
}
