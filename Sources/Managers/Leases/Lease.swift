/// A grant of a lock or a semaphore that ends by itself, unless it is renewed or given back before.
///
/// ```swift
/// if let lease = try await lock.acquire(lease: .seconds(10)) {
///     try await journal.fenced(by: lease.token).append("mine")
///     try await lease.renew()
///     try await lease.release()
/// }
/// ```
/// Where a body does the work, `withLock(lease:)` renews by itself.
public struct Lease: Sendable {
    /// What tells it from earlier grants.
    public let token: FencingToken
    /// How long it lasts from when it was granted, or renewed last.
    public let duration: Duration
    private let door: any GrantDoor

    init(_ token: FencingToken, _ duration: Duration, _ door: any GrantDoor) {
        self.token = token
        self.duration = duration
        self.door = door
    }

    /// Has it last for its whole duration from now on.
    ///
    /// - Throws: ``ManagerError``; `leaseLost` where it is over.
    public func renew() async throws(ManagerError) {
        try await door.renew(token, for: duration)
    }

    /// Gives back what was granted.
    ///
    /// - Throws: ``ManagerError``; `leaseLost` where it is over, so that it may be another's.
    public func release() async throws(ManagerError) {
        let (door, token) = (door, token)
        try await uncancelled { () throws(ManagerError) in try await door.release(token) }
    }
}
