/// A proxy for a shared condition: who has its lock may wait, without it, until somebody else who
/// has it notifies.
///
/// ```swift
/// try await condition.withLock {
///     try await condition.wait(until: { try await queue.count > 0 })
/// }
/// ```
///
/// The lock's owner is a task, as with an ``RLockProxy``; or a proxy from ``anotherOwner()`` with
/// all its copies, whichever task calls. With the last copy of a proxy a hold ends that was not
/// released.
///
/// A wait that throws, because it was cancelled or the connection was lost, has lost the lock too;
/// then there is nothing to release. ``withLock(timeout:_:)`` knows.
///
/// - Note: A CPython server keeps a lock locked whose owner's connection has ended.
public struct ConditionProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "ConditionProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference
    private let owners: RLockOwners

    /// A proxy for an object, the owners of whose lock are tasks.
    public init(_ reference: ObjectReference) {
        self.init(reference, isNamed: false)
    }

    private init(_ reference: ObjectReference, isNamed: Bool) {
        self.reference = reference
        owners = RLockOwners(reference, isNamed: isNamed)
    }

    /// A proxy for the same condition that is an owner of its lock, with all its copies, whichever
    /// task calls.
    public func anotherOwner() -> ConditionProxy {
        ConditionProxy(reference, isNamed: true)
    }

    // MARK: The lock

    /// Waits for the lock and takes it, or takes it once more.
    ///
    /// - Throws: ``ManagerError``; then the lock has not been taken.
    public func acquire() async throws(ManagerError) {
        _ = try await owners.acquire(timeout: nil)
    }

    /// Waits for the lock and takes it, or takes it once more, for so long at the most.
    ///
    /// - Returns: whether it has been taken; false when the time is over.
    /// - Throws: ``ManagerError``; then the lock has not been taken.
    public func acquire(timeout: Duration) async throws(ManagerError) -> Bool {
        try await owners.acquire(timeout: timeout)
    }

    /// Takes the lock if it is free or this owner's.
    ///
    /// - Returns: whether it has been taken.
    /// - Throws: ``ManagerError``.
    public func tryAcquire() async throws(ManagerError) -> Bool {
        try await owners.acquire(timeout: .zero)
    }

    /// Gives the lock back once.
    ///
    /// - Throws: ``ManagerError``; `remote` (`RuntimeError`) where this owner does not have it,
    ///   `connectionLost` where it was lost with its connection.
    public func release() async throws(ManagerError) {
        try await owners.release()
    }

    /// Does something while holding the lock, which is given back however that ends, also when the
    /// task is cancelled.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ManagerError``, `timedOut` among them; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        try await owners.asCurrent { owner in
            guard try await owner.acquire(timeout: timeout) else {
                throw ManagerError.timedOut("the lock was not free in time")
            }
            return try await releasingAfterwards(body) { () throws(ManagerError) in
                try await owner.releaseIfHeld()
            }
        }
    }

    // MARK: Waiting

    /// Gives the lock up, waits until it is notified, and has the lock again as often as before.
    ///
    /// - Throws: ``ManagerError``; `remote` (`RuntimeError`) where this owner does not have the
    ///   lock. After any other error it does not have it any more.
    public func wait() async throws(ManagerError) {
        _ = try await owners.wait(timeout: nil)
    }

    /// Gives the lock up, waits until it is notified, for so long at the most, and has the lock
    /// again as often as before; that may take longer.
    ///
    /// - Returns: whether it was notified; false when the time was over.
    /// - Throws: ``ManagerError``, as `wait()`.
    public func wait(timeout: Duration) async throws(ManagerError) -> Bool {
        try await owners.wait(timeout: timeout)
    }

    /// Waits until something is so: `wait_for(predicate, timeout)`. It is asked first, and again
    /// after each notification, always with the lock.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait; nil for as long as it takes.
    ///   - isSo: what is waited for.
    /// - Returns: whether it is so; false only when the time is over.
    /// - Throws: ``ManagerError``, as `wait()`; and what `isSo` throws, with the lock held.
    @discardableResult
    public func wait(
        timeout: Duration? = nil, until isSo: () async throws -> Bool
    ) async throws -> Bool {
        let end = timeout.map { ContinuousClock.now + $0 }
        while try await !isSo() {
            let rest = end.map { $0 - ContinuousClock.now }
            if let rest, rest <= .zero { return false }
            _ = try await owners.wait(timeout: rest)
        }
        return true
    }

    // MARK: Notifying

    /// Notifies who has waited longest, and as many as are asked for; they go on when they have got
    /// the lock.
    ///
    /// - Throws: ``ManagerError``; `remote` (`RuntimeError`) where this owner does not have the
    ///   lock.
    public func notify(_ count: Int = 1) async throws(ManagerError) {
        try await owners.call("notify", count)
    }

    /// Notifies all who wait; they go on one by one, as they get the lock.
    ///
    /// - Throws: ``ManagerError``; `remote` (`RuntimeError`) where this owner does not have the
    ///   lock.
    public func notifyAll() async throws(ManagerError) {
        try await owners.call("notify_all")
    }
}
