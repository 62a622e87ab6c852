/// A semaphore that processes share: so many hold it at a time as it has permits.
///
/// ```swift
/// let semaphore = try Semaphore(3)
/// try await semaphore.withPermit { try await fetch() }
/// ```
///
/// Permits belong to nobody: whoever likes may release one, and so make one more.  But where a
/// process ends that has taken one, it is given back, and counted in `lostPermits`.  That is no
/// longer so once a process has released what it had not taken: from then on its permits are
/// signals.
///
/// All copies are the same semaphore, also in another process: see ``Lock``.
///
/// - Note: CPython's loses the permits of a process that is killed.
public struct Semaphore: SharedSemaphore {
    /// What all copies share.
    public let permits: SemaphorePermits

    /// Makes a semaphore.
    ///
    /// - Parameter value: how many permits it begins with, 0 up to 2³¹ − 1.
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public init(_ value: Int = 1) throws(ProcessError) {
        permits = SemaphorePermits(
            core: try Permits(value, isBounded: false, name: "semaphore"))
    }
}

/// A ``Semaphore`` that never has more permits than it began with: to release too often is an
/// error.
public struct BoundedSemaphore: SharedSemaphore {
    /// What all copies share.
    public let permits: SemaphorePermits

    /// Makes a semaphore.
    ///
    /// - Parameter value: how many permits it begins with, 0 up to 2³¹ − 1.
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public init(_ value: Int = 1) throws(ProcessError) {
        permits = SemaphorePermits(
            core: try Permits(value, isBounded: true, name: "bounded semaphore"))
    }
}
