internal import Connections
internal import Synchronization

/// A proxy for a shared lock that its owner may acquire again.
///
/// The owner is a task, as in Python it is a thread: tasks exclude one another, and a child task of
/// the owner is not the owner. Where one task acquires and another releases, let them share a proxy
/// from ``anotherOwner()``: that is one owner with all its copies. A proxy of the same lock that
/// was got apart has owners of its own. With the last copy of a proxy a hold ends that was not
/// released.
///
/// - Note: A CPython server keeps a lock locked whose owner's connection has ended.
public struct RLockProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "AcquirerProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference
    let owners: RLockOwners

    /// A proxy for an object, whose owners are tasks.
    public init(_ reference: ObjectReference) {
        self.init(reference, isNamed: false)
    }

    private init(_ reference: ObjectReference, isNamed: Bool) {
        self.reference = reference
        owners = RLockOwners(reference, isNamed: isNamed)
    }

    /// A proxy for the same lock that is an owner of its own, with all its copies, whichever task
    /// calls.
    public func anotherOwner() -> RLockProxy {
        RLockProxy(reference, isNamed: true)
    }

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
                try await owner.release()
            }
        }
    }
}
