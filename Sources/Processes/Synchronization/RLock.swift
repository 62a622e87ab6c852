internal import Sockets

/// A lock that processes share, and that its owner may take again: as often as he takes it he has
/// to give it back.
///
/// The owner is a task, with whatever thread it runs on; outside of tasks, a thread.  So a child
/// task of the owner, as in an `async let`, is not the owner.
///
/// All copies are the same lock, also in another process: see ``Lock``.  Where a process ends while
/// it has the lock, the next one gets it, and ``ownerDied`` tells that.
///
/// - Note: CPython's owner is a thread of a process, and the lock stays locked for ever when that
///   is killed.
public struct RLock: Sendable {
    let core: RecursiveLock

    /// Makes a lock that nobody has.
    ///
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init() throws(ProcessError) {
        self.init(try MemoryBlock(byteCount: RecursiveLock.byteCount, name: "rlock"))
    }

    init(_ block: MemoryBlock) {
        core = RecursiveLock(in: block)
    }

    /// Waits for the lock and takes it, or takes it once more.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then it has not been taken.
    public func acquire() async throws(ProcessError) {
        _ = try await core.acquire(for: .current, until: .max)
    }

    /// Waits for the lock and takes it, or takes it once more, for so long at the most.
    ///
    /// - Returns: whether it has been taken; false when the time is over.
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then it has not been taken.
    public func acquire(timeout: Duration) async throws(ProcessError) -> Bool {
        try await core.acquire(for: .current, until: MonotonicClock.deadline(after: timeout))
    }

    /// Takes the lock if it is free or the caller has it; whether it did.
    public func tryAcquire() -> Bool {
        core.tryAcquire(for: .current)
    }

    /// Gives the lock back once.
    ///
    /// - Throws: ``ProcessError`` with `notHeld` where this task or thread does not have it.
    public func release() throws(ProcessError) {
        try core.release(by: .current)
    }

    /// Whether somebody has the lock: `lock.locked()`, in CPython since 3.14.
    public var isLocked: Bool { core.core.isLocked }

    /// Whether who has the lock now took it from a process that had ended with it, be it killed or
    /// not.  Ask it while you have the lock.
    public var ownerDied: Bool { core.core.isInherited }

    /// Does something while holding the lock, which is given back however that ends.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ProcessError`` with `timedOut`, `cancelled`, `system`; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        let deadline = MonotonicClock.deadline(after: timeout)
        guard try await core.acquire(for: .current, until: deadline) else {
            throw ProcessError.timedOut("the lock was not free")
        }
        return try await releasingAfterwards(body) { () throws(ProcessError) in try release() }
    }

    /// The lock, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(lock: self) }

    /// A lock whose calls return when they are done: see ``RLock/blocking``.
    public struct Blocking: Sendable {
        let lock: RLock

        /// Waits for the lock and takes it, or takes it once more.
        public func acquire() {
            _ = lock.core.acquireBlocking(for: .current, until: .max)
        }

        /// Waits for the lock and takes it, or takes it once more, for so long at the most.
        ///
        /// - Returns: whether it has been taken; false when the time is over.
        public func acquire(timeout: Duration) -> Bool {
            lock.core.acquireBlocking(for: .current, until: MonotonicClock.deadline(after: timeout))
        }

        /// Does something while holding the lock, which is given back however that ends.
        ///
        /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
        /// - Throws: ``ProcessError`` with `timedOut`; and what the body throws.
        public func withLock<Result>(
            timeout: Duration? = nil, _ body: () throws -> Result
        ) throws -> Result {
            let deadline = MonotonicClock.deadline(after: timeout)
            guard lock.core.acquireBlocking(for: .current, until: deadline) else {
                throw ProcessError.timedOut("the lock was not free")
            }
            return try releasingAfterwards(body) { () throws(ProcessError) in try lock.release() }
        }
    }
}

extension RLock: Codable {
    /// Takes the lock out of the luggage that came with a message or at the start of this process.
    ///
    /// - Throws: `DecodingError` where none came.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        self.init(try .unpack(place, atLeast: RecursiveLock.byteCount, from: decoder))
    }

    /// Puts the lock into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where it is for no process of this host.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try core.core.block.pack(for: encoder))
    }
}
