/// A robust lock that its owner may take again.
///
/// ```text
/// 0    the lock (8)
/// 8    the owner within its process (8): LockOwner
/// 16   how often he has it (8)
/// ```
///
/// The lock says who may write the rest.  A process that is killed leaves what the next owner
/// writes anew; within one process nobody takes the owner for himself, because only he writes that,
/// and he wipes it out before he gives the lock back.
struct RecursiveLock: Sendable {
    static let byteCount = 24

    let core: RobustLock
    private let owner: SharedLongWord
    private let depth: SharedLongWord

    init(in block: MemoryBlock) {
        core = RobustLock(in: block)
        owner = SharedLongWord(in: block, at: 8)
        depth = SharedLongWord(in: block, at: 16)
    }

    func isHeld(by one: LockOwner) -> Bool {
        core.isOwn && owner.note == one.number
    }

    func tryAcquire(for one: LockOwner) -> Bool {
        if enterAgain(one) { return true }
        guard core.tryAcquire() else { return false }
        begin(one, depth: 1)
        return true
    }

    func acquire(
        for one: LockOwner, until deadline: Int64
    ) async throws(ProcessError) -> Bool {
        if enterAgain(one) { return true }
        guard try await core.acquire(until: deadline) else { return false }
        begin(one, depth: 1)
        return true
    }

    func acquireBlocking(for one: LockOwner, until deadline: Int64) -> Bool {
        if enterAgain(one) { return true }
        guard core.acquireBlocking(until: deadline) else { return false }
        begin(one, depth: 1)
        return true
    }

    func release(by one: LockOwner) throws(ProcessError) {
        guard isHeld(by: one) else { throw .notHeld("the lock") }
        if depth.note > 1 {
            depth.note -= 1
        } else {
            end()
        }
    }

    /// Gives it back wholly; how often it was held.
    func releaseAll() -> UInt64 {
        let count = depth.note
        end()
        return count
    }

    /// The lock has been taken, for so many times.
    func begin(_ one: LockOwner, depth count: UInt64) {
        depth.note = count
        owner.note = one.number
    }

    private func enterAgain(_ one: LockOwner) -> Bool {
        guard isHeld(by: one) else { return false }
        depth.note &+= 1
        return true
    }

    private func end() {
        owner.note = 0
        core.release()
    }
}
