internal import Sockets
internal import Synchronization

/// A queue whose items are reported done: CPython's `multiprocessing.JoinableQueue`.
///
/// For plain threads there are ``ProcessQueue/blocking-swift.property`` and
/// ``joinBlocking(timeout:)``.
///
/// - Note: In CPython a consumer that is killed between `get` and `task_done` leaves `join` waiting
///   for ever. So it does here, unless it was killed in the middle of the `get`: then the item
///   counts as done, and as lost.
public final class JoinableQueue<Element: Codable & Sendable>: ProcessQueue<Element>,
    // SAFETY: it stores nothing; what its superclass stores may be shared.
    @unchecked Sendable
{
    /// How long `join` waits before it looks whether a reader has died, in nanoseconds.
    private static var patience: Int64 { 50_000_000 }

    /// Reports an item done that was taken.
    ///
    /// - Throws: ``ProcessError``: `releasedTooOften` where more are reported than were put.
    public func taskDone() throws(ProcessError) {
        guard end.ring.finishItem() else {
            throw ProcessError(.releasedTooOften, "more items are done than were put")
        }
    }

    /// Waits until all items that were put have been reported done: those of this process, and
    /// those of others that lie in shared memory.
    ///
    /// - Throws: ``ProcessError``: `closed`, `malformed`, `cancelled`, `system`.
    public func join() async throws(ProcessError) {
        _ = try await join(until: .max)
    }

    /// Waits until all items that were put have been reported done, for so long at the most.
    ///
    /// - Returns: whether all are done; false when the time is over.
    /// - Throws: ``ProcessError``: `closed`, `malformed`, `cancelled`, `system`.
    /// - Note: CPython's `join` has no timeout.
    public func join(timeout: Duration) async throws(ProcessError) -> Bool {
        try await join(until: MonotonicClock.deadline(after: timeout))
    }

    /// Waits until all items that were put have been reported done, for a thread that is no task
    /// and may be held up.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Returns: whether all are done; false when the time is over.
    /// - Throws: ``ProcessError``: `closed`, `malformed`.
    @discardableResult
    public func joinBlocking(timeout: Duration? = nil) throws(ProcessError) -> Bool {
        let deadline = MonotonicClock.deadline(after: timeout)
        while true {
            let ticket = end.ring.completion.ticket()
            try end.checkOpen()
            if end.isDone { return true }
            let now = MonotonicClock.nanoseconds
            guard now < deadline else { return false }
            end.ring.completion.waitBlocking(ticket, until: min(deadline, now + Self.patience))
            end.lookForTheDead()
        }
    }

    private func join(until deadline: Int64) async throws(ProcessError) -> Bool {
        while true {
            let ticket = end.ring.completion.ticket()
            try end.checkOpen()
            if end.isDone { return true }
            let now = MonotonicClock.nanoseconds
            guard now < deadline else { return false }
            try await end.ring.completion.wait(ticket, until: min(deadline, now + Self.patience))
            end.lookForTheDead()
        }
    }
}

extension QueueEnd {
    /// Whether all items are done: those that have not found room yet are not.
    fileprivate var isDone: Bool {
        state.withLock { $0.backlog } == 0 && ring.unfinished == 0
    }

    /// Counts what a reader has taken with him who died, if one did.
    fileprivate func lookForTheDead() {
        guard ring.readers.isLocked, ring.readers.tryAcquire() else { return }
        if ring.readers.isInherited { ring.settleLosses() }
        ring.readers.release()
    }
}
