/// A proxy for a shared semaphore, bounded or not: so many hold it at a time as it has permits.
///
/// ```swift
/// let semaphore = try await manager.semaphore(3)
/// try await semaphore.withPermit { try await fetch() }
/// ```
///
/// Permits belong to nobody: whoever likes may release one, and one whose holder is gone stays
/// taken.
public struct SemaphoreProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "AcquirerProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// Waits for a permit and takes it.
    ///
    /// - Throws: ``ManagerError``; then none has been taken.
    public func acquire() async throws(ManagerError) {
        _ = try await acquire(for: nil)
    }

    /// Waits for a permit and takes it, for so long at the most.
    ///
    /// - Returns: whether one has been taken; false when the time is over.
    /// - Throws: ``ManagerError``; then none has been taken.
    public func acquire(timeout: Duration) async throws(ManagerError) -> Bool {
        try await acquire(for: timeout)
    }

    /// Takes a permit if there is one.
    ///
    /// - Returns: whether one has been taken.
    /// - Throws: ``ManagerError``.
    public func tryAcquire() async throws(ManagerError) -> Bool {
        try await call("acquire", false)
    }

    /// Gives a permit back.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) where a bounded semaphore would have
    ///   more than it began with.
    public func release() async throws(ManagerError) {
        try await call("release")
    }

    /// Gives several permits at once: `s.release(count)`, since Python 3.9.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) for less than one, and as `release()`.
    public func release(_ count: Int) async throws(ManagerError) {
        try await call("release", count)
    }

    /// Does something while holding a permit, which is given back however that ends, also when the
    /// task is cancelled.
    ///
    /// - Parameter timeout: how long to wait for the permit; nil for as long as it takes.
    /// - Throws: ``ManagerError``, `timedOut` among them; and what the body throws. `leaseLost`
    ///   where another has got the permit meanwhile, since the connection was lost over which this
    ///   one had it (over TCP, of a server of this house).
    public func withPermit<Result>(
        timeout: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        if reference.grantsTokens {
            return try await reference.holding(
                timeout: timeout, late: "the semaphore had no permit in time", body)
        }
        guard try await acquire(for: timeout) else {
            throw ManagerError.timedOut("the semaphore had no permit in time")
        }
        return try await releasingAfterwards(body) { () throws(ManagerError) in
            try await release()
        }
    }
}
