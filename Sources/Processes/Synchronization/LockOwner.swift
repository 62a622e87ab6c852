internal import CMultiprocessing

/// Who asks, within his process, for a lock that can be taken again: a task, on whatever thread it
/// runs, or else a thread.
struct LockOwner: Equatable, Sendable {
    /// Never 0, and no other process's.
    let number: UInt64

    /// Who runs this code.
    static var current: LockOwner {
        let task = mp_task_number()
        let place = task != 0 ? task : mp_thread_number()
        // An odd factor: it spreads the process over all bits.
        return LockOwner(number: (UInt64(place) &+ mp_identity() &* 0x9e37_79b9_7f4a_7c15) | 1)
    }
}
