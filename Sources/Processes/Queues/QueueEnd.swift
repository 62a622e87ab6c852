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
        /// Whether this process ends without waiting for the feeder.
        var isExitFree = false
        /// To be told when there is no feeder any more.
        var joiners: [@Sendable () -> Void] = []
    }

    /// How often a lock is looked at that is held only for moments, before one waits.
    static let looks = 100

    let ring: QueueRing
    let state = Mutex(State())

    init(_ ring: QueueRing) {
        self.ring = ring
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
        if state.withLock({ $0.isClosed }) { throw .closedQueue }
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

extension ProcessError {
    static let closedQueue = ProcessError(.closed, "the queue has been closed in this process")
}
