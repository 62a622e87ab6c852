internal import CMultiprocessing
internal import Synchronization

/// Four bytes of shared memory that are read and written at once, and that one can wait for.
///
/// Every access is in one order with all others, in all processes.  Whoever has a word keeps its
/// block too: the word does not, so that it costs nothing to hand it on.
@safe package struct SharedWord: Sendable {
    private unowned(unsafe) let block: MemoryBlock
    // SAFETY: it points into the block, and is used only for what is atomic.
    private nonisolated(unsafe) let pointer: UnsafeMutablePointer<Atomic<UInt32>>

    /// - Parameter offset: a multiple of 4, within the block.
    package init(in block: MemoryBlock, at offset: Int) {
        precondition(offset % 4 == 0, "a word lies at a multiple of four")
        unsafe self.block = block
        unsafe pointer = block.address(of: offset..<offset + 4)
            .assumingMemoryBound(to: Atomic<UInt32>.self)
    }

    /// The word now.
    package var value: UInt32 {
        unsafe pointer.pointee.load(ordering: .sequentiallyConsistent)
    }

    /// Sets it.
    package func set(_ value: UInt32) {
        unsafe pointer.pointee.store(value, ordering: .sequentiallyConsistent)
    }

    /// Sets it to `new` if it is `old`; whether it was, and what it was.
    package func change(_ old: UInt32, to new: UInt32) -> (done: Bool, was: UInt32) {
        let (done, was) = unsafe pointer.pointee.compareExchange(
            expected: old, desired: new, ordering: .sequentiallyConsistent)
        return (done, was)
    }

    /// Sets bits; what it was.
    package func insert(_ bits: UInt32) -> UInt32 {
        unsafe pointer.pointee.bitwiseOr(bits, ordering: .sequentiallyConsistent).oldValue
    }

    // MARK: Waiting

    /// Where it lies here, as a number.
    var address: UInt { unsafe UInt(bitPattern: pointer) }

    /// Wakes as many as are asked for of those who wait, in whatever process.
    package func wake(_ count: Int32 = .max) {
        _ = unsafe mp_futex_wake(pointer, count)
    }

    /// Holds the calling thread up while the word is `value`, until it is woken, or until the
    /// deadline (``MonotonicClock``).  It may return early.
    package func waitBlocking(while value: UInt32, until deadline: Int64) {
        _ = unsafe mp_futex_wait(pointer, value, deadline)
    }

    /// Waits while the word is `value`, until it is woken, or until the deadline.  It may return
    /// early.
    ///
    /// - Parameter isCancellable: whether the end of the task ends the wait.
    /// - Throws: `ProcessError` with `cancelled`, `system`.
    package func wait(
        while value: UInt32, until deadline: Int64, isCancellable: Bool = true
    ) async throws(ProcessError) {
        try await WaitingRoom.shared.wait(
            for: self, of: unsafe block, while: value, until: deadline,
            isCancellable: isCancellable)
    }
}

/// Eight bytes of shared memory that are read and written at once; as ``SharedWord``.
@safe package struct SharedLongWord: Sendable {
    /// The half of it that comes first, and has the lower bits.
    package let lowHalf: SharedWord
    // SAFETY: it points into the block, and is used only for what is atomic.
    private nonisolated(unsafe) let pointer: UnsafeMutablePointer<Atomic<UInt64>>

    /// - Parameter offset: a multiple of 8, within the block.
    package init(in block: MemoryBlock, at offset: Int) {
        precondition(offset % 8 == 0, "a long word lies at a multiple of eight")
        lowHalf = SharedWord(in: block, at: offset)
        unsafe pointer = block.address(of: offset..<offset + 8)
            .assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// The word now.
    package var value: UInt64 {
        unsafe pointer.pointee.load(ordering: .sequentiallyConsistent)
    }

    /// Sets it.
    package func set(_ value: UInt64) {
        unsafe pointer.pointee.store(value, ordering: .sequentiallyConsistent)
    }

    /// The word, for who holds a lock that all take who change it.
    package var note: UInt64 {
        get { unsafe pointer.pointee.load(ordering: .relaxed) }
        nonmutating set { unsafe pointer.pointee.store(newValue, ordering: .relaxed) }
    }

    /// Sets it; what it was.
    @inline(__always)
    package func exchange(_ value: UInt64) -> UInt64 {
        unsafe pointer.pointee.exchange(value, ordering: .sequentiallyConsistent)
    }

    /// Sets it to `new` if it is `old`; whether it was, and what it was.
    @inline(__always)
    package func change(_ old: UInt64, to new: UInt64) -> (done: Bool, was: UInt64) {
        let (done, was) = unsafe pointer.pointee.compareExchange(
            expected: old, desired: new, ordering: .sequentiallyConsistent)
        return (done, was)
    }
}
