internal import CMultiprocessing
internal import Connections
internal import Sockets
internal import Synchronization

/// One process's end of a queue: the shared ring, and the items of this process that have not yet
/// found room in it, which a thread moves on (CPython's feeder).
final class QueueEnd: Sendable {
    struct State {
        /// What waits for the feeder.
        var waiting: [[UInt8]] = []
        /// How many items have been put and are not in the ring.
        var backlog = 0
        /// Whether there is a feeder: until it has moved all on.
        var isFeeding = false
        var isClosed = false
        /// Why nothing can be put or taken: a process has written into the ring what is no item.
        var breakage: ProcessError?
        /// Whether this process ends without waiting for the feeder.
        var isExitFree = false
        /// To be told when there is no feeder any more.
        var joiners: [@Sendable () -> Void] = []
    }

    /// How often a lock is looked at that is held only for moments, before one waits.
    static let looks = 100

    /// How long one waits for a lock before one looks whether the queue has been closed here, in
    /// nanoseconds: who moves a long item has it for as long as that takes.
    private static let patience: Int64 = 50_000_000

    /// Starts a thread that does something.
    typealias ThreadStart =
        @Sendable (_ body: @escaping @Sendable () -> Void) throws(SocketError)
        -> Void

    let ring: QueueRing
    let state = Mutex(State())
    let startThread: ThreadStart

    init(
        _ ring: QueueRing,
        startThread: @escaping ThreadStart = { body throws(SocketError) in
            try DedicatedThread.start(name: "queue-feeder", body)
        }
    ) {
        self.ring = ring
        self.startThread = startThread
    }

    // MARK: The locks

    /// Waits for a lock of the ring's, until the deadline; whether it was taken.
    ///
    /// - Throws: `ProcessError` with `closed`, `malformed`, `cancelled`, `system`.
    func take(_ lock: RobustLock, until deadline: Int64) async throws(ProcessError) -> Bool {
        while true {
            let next = min(deadline, MonotonicClock.nanoseconds + Self.patience)
            if try await lock.acquire(until: next) { return true }
            try checkOpen()
            if next == deadline { return false }
        }
    }

    /// The same for a thread that may be held up.
    func takeBlocking(_ lock: RobustLock, until deadline: Int64) throws(ProcessError) -> Bool {
        while true {
            let next = min(deadline, MonotonicClock.nanoseconds + Self.patience)
            if lock.acquireBlocking(until: next) { return true }
            try checkOpen()
            if next == deadline { return false }
        }
    }

    /// Takes a lock of the ring's that is free, or will be in a moment.
    static func takeSoon(_ lock: RobustLock) -> Bool {
        for look in 0..<looks {
            if !lock.isLocked, lock.tryAcquire() { return true }
            if look > looks / 2 { mp_thread_yield() } else { mp_thread_pause() }
        }
        return false
    }

    // MARK: Looking

    /// How many items there are, those included that only this process knows of.
    var count: Int { ring.count + state.withLock { $0.backlog } }

    /// Whether no item is there, nor a part of one.
    var isEmpty: Bool { ring.isEmpty && state.withLock { $0.backlog } == 0 }

    /// Whether there are as many items as there may be.
    var isFull: Bool { ring.maxsize > 0 && count >= ring.maxsize }

    func checkOpen() throws(ProcessError) {
        try state.withLock { state throws(ProcessError) in try state.checkOpen() }
    }

    // MARK: Ending

    /// Nothing more is put or taken here; what was put still goes.
    func close() {
        state.withLock { $0.isClosed = true }
        ring.arrivals.ring()
        ring.room.ring()
        ring.completion.ring()
    }

    /// Whether there is a feeder.
    var isFeeding: Bool { state.withLock { $0.isFeeding } }

    /// Whether to wait for the feeder when this process ends.
    var delaysExit: Bool { state.withLock { $0.isFeeding && !$0.isExitFree } }

    func freeExit() {
        state.withLock { $0.isExitFree = true }
    }

    /// Returns when all that was put here lies in the ring.
    func joinFeeder() async throws(ProcessError) {
        let shot = OneShot<Void>()
        guard waitsForFeeder({ shot.complete(.success(())) }) else { return }
        do throws(ConnectionError) {
            try await shot.value("joining a queue's feeder")
        } catch {
            throw .waitCancelled
        }
    }

    /// Holds the calling thread up until all that was put here lies in the ring.
    func joinFeederBlocking() throws(ProcessError) {
        let gate: ThreadGate
        do throws(SocketError) {
            gate = try ThreadGate()
        } catch {
            throw .system(error.reason, error)
        }
        if waitsForFeeder({ gate.open() }) { gate.wait() }
    }

    private func waitsForFeeder(_ joiner: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.isFeeding, !state.isExitFree else { return false }
            state.joiners.append(joiner)
            return true
        }
    }
}

extension QueueEnd.State {
    /// - Throws: `ProcessError` with `closed`, `malformed`.
    func checkOpen() throws(ProcessError) {
        if isClosed { throw .closedQueue }
        if let breakage { throw breakage }
    }
}

extension ProcessError {
    static let closedQueue = ProcessError(.closed, "the queue has been closed in this process")
}
