internal import CMultiprocessing

/// Who asks, within his process, for a lock that can be taken again: a task, on whatever thread it
/// runs, or else a thread.
struct LockOwner: Equatable, Sendable {
    /// Never 0, and no other process's.
    let number: UInt64

    /// Who runs this code.
    static var current: LockOwner {
        let place = unsafe withUnsafeCurrentTask { task in
            unsafe task.map { unsafe UInt64(truncatingIfNeeded: $0.hashValue) }
                ?? UInt64(mp_thread_number())
        }
        // An odd factor: it spreads the process over all bits.
        return LockOwner(number: (place &+ mp_identity() &* 0x9e37_79b9_7f4a_7c15) | 1)
    }
}
