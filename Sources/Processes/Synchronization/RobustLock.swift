internal import CMultiprocessing
internal import Sockets

/// A lock in shared memory that does not die with its owner: whoever waits for it sees that the
/// owner's process has ended, takes it, and is told.
///
/// It is one word, ``LockState``, so a process that is killed has it, or has not.  Woken waiters
/// compete with whoever just comes, which is what makes it fast; a wake-up that is lost with who
/// should have given it comes a little late (``WaitingRoom/patience``).
package struct RobustLock: Sendable {
    /// What it takes of a block.
    package static let byteCount = 8

    /// Where it lies.
    package let block: MemoryBlock
    private let word: SharedLongWord

    /// - Parameter offset: a multiple of 8, within the block.
    package init(in block: MemoryBlock, at offset: Int = 0) {
        self.block = block
        word = SharedLongWord(in: block, at: offset)
    }

    private var state: LockState { LockState(bits: word.value) }

    /// Whether somebody has it.
    package var isLocked: Bool { state.owner != 0 }
    /// Whether this process has it.
    package var isOwn: Bool { state.owner == mp_identity() }
    /// Whether it was taken from an owner that died.  Ask it while you have the lock.
    package var isInherited: Bool { state.isInherited }

    // MARK: Taking

    /// Takes it if it is free, or its owner has died; whether it did.
    @inline(__always)
    package func tryAcquire() -> Bool {
        if word.change(0, to: mp_identity()).done { return true }
        return tryInherit()
    }

    /// Waits for it, until the deadline, and takes it.
    ///
    /// - Parameter isCancellable: whether the end of the task ends the wait.
    /// - Returns: whether it did; false when the time was over.
    /// - Throws: `ProcessError` with `cancelled`, `system`; then it has not been taken.
    package func acquire(
        until deadline: Int64 = .max, isCancellable: Bool = true
    ) async throws(ProcessError) -> Bool {
        if word.change(0, to: mp_identity()).done { return true }
        return try await acquireSlowly(until: deadline, isCancellable)
    }

    /// Waits for it, until the deadline, and takes it; holds the calling thread up.
    ///
    /// - Returns: whether it did; false when the time was over.
    @inline(__always)
    package func acquireBlocking(until deadline: Int64 = .max) -> Bool {
        if word.change(0, to: mp_identity()).done { return true }
        return acquireSlowlyBlocking(until: deadline)
    }

    /// Gives it back, whoever has it; whether somebody had.
    @inline(__always)
    @discardableResult
    package func release() -> Bool {
        let old = LockState(bits: word.exchange(LockState.free.bits))
        if old.isWaitedFor { word.lowHalf.wake(1) }
        return old.owner != 0
    }

    // MARK: Waiting

    private func acquireSlowly(
        until deadline: Int64, _ isCancellable: Bool
    ) async throws(ProcessError) -> Bool {
        var patience = Patience(until: deadline)
        var looksAtOwner = false
        while let state = attempt(hasWaited: true, looksAtOwner: looksAtOwner) {
            guard let next = patience.next(now: MonotonicClock.nanoseconds) else {
                return takeLastChance()
            }
            do throws(ProcessError) {
                try await word.lowHalf.wait(
                    while: state.lowBits, until: next, isCancellable: isCancellable)
            } catch {
                passOn()
                throw error
            }
            looksAtOwner = MonotonicClock.nanoseconds >= next
        }
        return true
    }

    private func acquireSlowlyBlocking(until deadline: Int64) -> Bool {
        var patience = Patience(until: deadline)
        var looksAtOwner = false
        while let state = attempt(hasWaited: true, looksAtOwner: looksAtOwner) {
            guard let next = patience.next(now: MonotonicClock.nanoseconds) else {
                return takeLastChance()
            }
            word.lowHalf.waitBlocking(while: state.lowBits, until: next)
            looksAtOwner = MonotonicClock.nanoseconds >= next
        }
        return true
    }

    private func tryInherit() -> Bool {
        attempt(hasWaited: false, looksAtOwner: true) == nil
    }

    /// Takes it if it can be taken; or else says what to wait for, which it then is to be woken
    /// for, if it is going to wait.
    private func attempt(hasWaited: Bool, looksAtOwner: Bool) -> LockState? {
        var old = state
        while true {
            let canTake = old.owner == 0 || looksAtOwner && mp_identity_has_ended(old.owner)
            if !canTake && !hasWaited { return old }
            let new =
                canTake ? old.taken(by: mp_identity(), hasWaited: hasWaited) : old.awaited
            let (done, was) = word.change(old.bits, to: new.bits)
            if done { return canTake ? nil : new }
            old = LockState(bits: was)
        }
    }

    /// The time is over.
    private func takeLastChance() -> Bool {
        if tryAcquire() { return true }
        passOn()
        return false
    }

    /// Whoever gives up may have been woken, so that nobody else was.
    private func passOn() {
        if !isLocked { word.lowHalf.wake(1) }
    }
}
