internal import Sockets

/// A condition that processes share: who has its lock may wait, without it, until somebody else who
/// has it notifies.
///
/// ```swift
/// try await condition.withLock {
///     try await condition.wait(until: { queue.count > 0 })
/// }
/// ```
///
/// However a wait ends, the lock is held again afterwards, also in a task that was cancelled.  A
/// notification is not lost with a process that is killed: somebody else who waited gets it.
///
/// All copies are the same condition, also in another process: see ``Lock``.
///
/// - Note: CPython lets any number wait, here 1000 can at once.  There, a process that is killed
///   while it waits takes a notification with it.
public struct Condition: Sendable, Codable {
    private let lock: ConditionLock
    private let seats: Seats

    /// Makes a condition with an ``RLock`` of its own.
    ///
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init() throws(ProcessError) {
        try self.init(RLock())
    }

    /// Makes a condition of a lock, which others may use too.
    ///
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init(_ lock: RLock) throws(ProcessError) {
        try self.init(lock: .rlock(lock))
    }

    /// Makes a condition of a lock, which others may use too.
    ///
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init(_ lock: Lock) throws(ProcessError) {
        try self.init(lock: .lock(lock))
    }

    private init(lock: ConditionLock) throws(ProcessError) {
        self.lock = lock
        seats = Seats(try MemoryBlock(byteCount: Seats.byteCount, name: "condition"))
    }

    // MARK: The lock

    /// Waits for the lock and takes it.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then it has not been taken.
    public func acquire() async throws(ProcessError) {
        _ = try await lock.acquire(until: .max)
    }

    /// Waits for the lock and takes it, for so long at the most.
    ///
    /// - Returns: whether it has been taken; false when the time is over.
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then it has not been taken.
    public func acquire(timeout: Duration) async throws(ProcessError) -> Bool {
        try await lock.acquire(until: MonotonicClock.deadline(after: timeout))
    }

    /// Takes the lock if it can be taken; whether it could.
    public func tryAcquire() -> Bool {
        lock.tryAcquire()
    }

    /// Gives the lock back once.
    ///
    /// - Throws: ``ProcessError`` with `notHeld`.
    public func release() throws(ProcessError) {
        try lock.release()
    }

    /// Whether who has the lock now took it from a process that had ended with it.  Ask it while
    /// you have the lock.
    public var ownerDied: Bool { lock.core.isInherited }

    /// Does something while holding the lock, which is given back however that ends.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ProcessError`` with `timedOut`, `cancelled`, `system`; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        guard try await lock.acquire(until: MonotonicClock.deadline(after: timeout)) else {
            throw ProcessError.timedOut("the lock was not free")
        }
        return try await releasingAfterwards(body) { () throws(ProcessError) in try release() }
    }

    // MARK: Waiting

    /// Gives the lock up, waits until it is notified, and has the lock again as often as before.
    ///
    /// - Throws: ``ProcessError`` with `notHeld`, `tooManyWaiters`, `cancelled`, with the lock as
    ///   it was before; with `system`, perhaps without it.
    public func wait() async throws(ProcessError) {
        _ = try await wait(until: .max)
    }

    /// Gives the lock up, waits until it is notified, for so long at the most, and has the lock
    /// again as often as before; that may take longer.
    ///
    /// - Returns: whether it was notified; false when the time was over.
    /// - Throws: ``ProcessError``, as `wait()`.
    public func wait(timeout: Duration) async throws(ProcessError) -> Bool {
        try await wait(until: MonotonicClock.deadline(after: timeout))
    }

    /// Waits until something is so: `wait_for(predicate, timeout)`. It is asked first, and again
    /// after each notification, always with the lock.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait; nil for as long as it takes.
    ///   - isSo: what is waited for.
    /// - Returns: whether it is so; false only when the time is over.
    /// - Throws: ``ProcessError``, as `wait()`; and what `isSo` throws, with the lock held.
    @discardableResult
    public func wait(
        timeout: Duration? = nil, until isSo: () async throws -> Bool
    ) async throws -> Bool {
        let deadline = MonotonicClock.deadline(after: timeout)
        while try await !isSo() {
            guard MonotonicClock.nanoseconds < deadline else { return false }
            _ = try await wait(until: deadline)
        }
        return true
    }

    private func wait(until deadline: Int64) async throws(ProcessError) -> Bool {
        let owner = LockOwner.current
        let seat = try sitDown(owner)
        let depth = lock.releaseAll()
        var failure: ProcessError?
        do throws(ProcessError) {
            try await seats.wait(in: seat, until: deadline)
        } catch {
            failure = error
        }
        do throws(ProcessError) {
            _ = try await lock.core.acquire(isCancellable: false)
        } catch {
            _ = seats.leave(seat)
            throw error
        }
        lock.resume(owner, depth: depth)
        if seats.leave(seat) { return true }
        if let failure { throw failure }
        return false
    }

    private func waitBlocking(until deadline: Int64) throws(ProcessError) -> Bool {
        let owner = LockOwner.current
        let seat = try sitDown(owner)
        let depth = lock.releaseAll()
        seats.waitBlocking(in: seat, until: deadline)
        _ = lock.core.acquireBlocking()
        lock.resume(owner, depth: depth)
        return seats.leave(seat)
    }

    private func sitDown(_ owner: LockOwner) throws(ProcessError) -> Int {
        guard lock.isHeld(by: owner) else { throw .notHeld("the condition's lock") }
        return try seats.take()
    }

    // MARK: Notifying

    /// Notifies who has waited longest, and as many as are asked for; they go on when they have got
    /// the lock.
    ///
    /// - Throws: ``ProcessError`` with `notHeld` where the caller does not have the lock.
    public func notify(_ count: Int = 1) throws(ProcessError) {
        guard lock.isHeld(by: .current) else { throw .notHeld("the condition's lock") }
        seats.notify(count)
    }

    /// Notifies all who wait; they go on one by one, as they get the lock.
    ///
    /// - Throws: ``ProcessError`` with `notHeld` where the caller does not have the lock.
    public func notifyAll() throws(ProcessError) {
        try notify(.max)
    }

    // MARK: For threads

    /// The condition, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(condition: self) }

    /// A condition whose calls return when they are done: see ``Condition/blocking``.
    public struct Blocking: Sendable {
        fileprivate let condition: Condition

        /// Waits for the lock and takes it.
        public func acquire() {
            _ = condition.lock.acquireBlocking(until: .max)
        }

        /// Waits for the lock and takes it, for so long at the most.
        ///
        /// - Returns: whether it has been taken; false when the time is over.
        public func acquire(timeout: Duration) -> Bool {
            condition.lock.acquireBlocking(until: MonotonicClock.deadline(after: timeout))
        }

        /// Does something while holding the lock, which is given back however that ends.
        ///
        /// - Throws: what the body throws; ``ProcessError`` with `notHeld` where somebody else has
        ///   released the lock.
        public func withLock<Result>(_ body: () throws -> Result) throws -> Result {
            acquire()
            return try releasingAfterwards(body) { () throws(ProcessError) in
                try condition.release()
            }
        }

        /// Gives the lock up, waits until it is notified, and has the lock again as often as
        /// before.
        ///
        /// - Throws: ``ProcessError`` with `notHeld`, `tooManyWaiters`.
        public func wait() throws(ProcessError) {
            _ = try condition.waitBlocking(until: .max)
        }

        /// Gives the lock up, waits until it is notified, for so long at the most, and has the lock
        /// again as often as before; that may take longer.
        ///
        /// - Returns: whether it was notified; false when the time was over.
        /// - Throws: ``ProcessError`` with `notHeld`, `tooManyWaiters`.
        public func wait(timeout: Duration) throws(ProcessError) -> Bool {
            try condition.waitBlocking(until: MonotonicClock.deadline(after: timeout))
        }

        /// Waits until something is so: see ``Condition/wait(timeout:until:)``.
        ///
        /// - Returns: whether it is so; false only when the time is over.
        /// - Throws: ``ProcessError`` with `notHeld`, `tooManyWaiters`; and what `isSo` throws.
        @discardableResult
        public func wait(
            timeout: Duration? = nil, until isSo: () throws -> Bool
        ) throws -> Bool {
            let deadline = MonotonicClock.deadline(after: timeout)
            while try !isSo() {
                guard MonotonicClock.nanoseconds < deadline else { return false }
                _ = try condition.waitBlocking(until: deadline)
            }
            return true
        }
    }
}

extension Seats: Codable {
    init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        self.init(try .unpack(place, atLeast: Self.byteCount, from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try block.pack(for: encoder))
    }
}
