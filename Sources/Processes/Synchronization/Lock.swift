internal import Sockets

/// A lock that processes share.  It is not owned: whoever likes may release it.
///
/// ```swift
/// let lock = try Lock()
/// try await lock.withLock { print("one at a time") }
/// ```
///
/// All copies are the same lock, and so is what a child process gets that it is stored in a target
/// of, or what is sent through a connection of this host.  Taking a free one and giving it back are
/// two steps of the processor, and no system call.
///
/// Where a process ends while it has the lock, the next one gets it, and ``ownerDied`` tells that:
/// what the lock protects may be half done.
///
/// - Note: CPython's stays locked for ever when its owner is killed.  Processes must see one
///   another, as those of one container do.
public struct Lock: Sendable {
    let core: RobustLock

    /// Makes a lock that nobody has.
    ///
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init() throws(ProcessError) {
        self.init(try MemoryBlock(byteCount: RobustLock.byteCount, name: "lock"))
    }

    private init(_ block: MemoryBlock) {
        core = RobustLock(in: block)
    }

    /// Waits for the lock and takes it.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then it has not been taken.
    public func acquire() async throws(ProcessError) {
        _ = try await core.acquire()
    }

    /// Waits for the lock and takes it, for so long at the most.
    ///
    /// - Returns: whether it has been taken; false when the time is over.
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then it has not been taken.
    public func acquire(timeout: Duration) async throws(ProcessError) -> Bool {
        try await core.acquire(until: MonotonicClock.deadline(after: timeout))
    }

    /// Takes the lock if it is free; whether it did.
    public func tryAcquire() -> Bool {
        core.tryAcquire()
    }

    /// Gives the lock back.
    ///
    /// - Throws: ``ProcessError`` with `notHeld` where nobody has it.
    public func release() throws(ProcessError) {
        guard core.release() else { throw .notHeld("the lock") }
    }

    /// Whether somebody has the lock: `lock.locked()`, in CPython since 3.14.
    public var isLocked: Bool { core.isLocked }

    /// Whether who has the lock now took it from a process that had ended with it, be it killed or
    /// not.  Ask it while you have the lock.
    public var ownerDied: Bool { core.isInherited }

    /// Does something while holding the lock, which is given back however that ends.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ProcessError`` with `timedOut`, `cancelled`, `system`, or `notHeld` where
    ///   somebody else has released it; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        let deadline = MonotonicClock.deadline(after: timeout)
        guard try await core.acquire(until: deadline) else {
            throw ProcessError.timedOut("the lock was not free")
        }
        return try await releasingAfterwards(body) { () throws(ProcessError) in try release() }
    }

    /// The lock, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(lock: self) }

    /// A lock whose calls return when they are done: see ``Lock/blocking``.
    public struct Blocking: Sendable {
        let lock: Lock

        /// Waits for the lock and takes it.
        public func acquire() {
            _ = lock.core.acquireBlocking()
        }

        /// Waits for the lock and takes it, for so long at the most.
        ///
        /// - Returns: whether it has been taken; false when the time is over.
        public func acquire(timeout: Duration) -> Bool {
            lock.core.acquireBlocking(until: MonotonicClock.deadline(after: timeout))
        }

        /// Does something while holding the lock, which is given back however that ends.
        ///
        /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
        /// - Throws: ``ProcessError`` with `timedOut`, or `notHeld` where somebody else has
        ///   released it; and what the body throws.
        public func withLock<Result>(
            timeout: Duration? = nil, _ body: () throws -> Result
        ) throws -> Result {
            let deadline = MonotonicClock.deadline(after: timeout)
            guard lock.core.acquireBlocking(until: deadline) else {
                throw ProcessError.timedOut("the lock was not free")
            }
            return try releasingAfterwards(body) { () throws(ProcessError) in try lock.release() }
        }
    }
}

extension Lock: Codable {
    /// Takes the lock out of the luggage that came with a message or at the start of this process.
    ///
    /// - Throws: `DecodingError` where none came.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        self.init(try .unpack(place, atLeast: RobustLock.byteCount, from: decoder))
    }

    /// Puts the lock into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where it is for no process of this host.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try core.block.pack(for: encoder))
    }
}
