/// A proxy for a shared lock. It is not owned: whoever likes may release it.
///
/// ```swift
/// try await lock.withLock {
///     try await total.set(try await total.get() + 1)
/// }
/// ```
public struct LockProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "AcquirerProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// Waits for the lock and takes it.
    ///
    /// - Throws: ``ManagerError``; then the lock has not been taken.
    public func acquire() async throws(ManagerError) {
        _ = try await acquire(for: nil)
    }

    /// Waits for the lock and takes it, for so long at the most.
    ///
    /// - Returns: whether it has been taken; false when the time is over.
    /// - Throws: ``ManagerError``; then the lock has not been taken.
    public func acquire(timeout: Duration) async throws(ManagerError) -> Bool {
        try await acquire(for: timeout)
    }

    /// Takes the lock if it is free.
    ///
    /// - Returns: whether it has been taken.
    /// - Throws: ``ManagerError``.
    public func tryAcquire() async throws(ManagerError) -> Bool {
        try await call("acquire", false)
    }

    /// Whether somebody has the lock: `lock.locked()`, in CPython since 3.14.
    ///
    /// - Throws: ``ManagerError``.
    public var isLocked: Bool {
        get async throws(ManagerError) { try await call("locked") }
    }

    /// Gives the lock back.
    ///
    /// - Throws: ``ManagerError``; `remote` (`RuntimeError`) where nobody has it.
    public func release() async throws(ManagerError) {
        try await call("release")
    }

    /// Does something while holding the lock, which is given back however that ends, also when the
    /// task is cancelled.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ManagerError``, `timedOut` among them; and what the body throws. `leaseLost`
    ///   where another has got the lock meanwhile, since the connection was lost over which this
    ///   one had it (over TCP, of a server of this house).
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        if reference.grantsTokens {
            return try await reference.holding(
                timeout: timeout, late: "the lock was not free in time", body)
        }
        guard try await acquire(for: timeout) else {
            throw ManagerError.timedOut("the lock was not free in time")
        }
        return try await releasingAfterwards(body) { () throws(ManagerError) in
            try await release()
        }
    }
}

extension ManagerProxy {
    /// `acquire()` of what belongs to nobody.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    func acquire(for timeout: Duration?) async throws(ManagerError) -> Bool {
        let reference = reference
        let taken: Void? = try await manager.wait(timeout: timeout) {
            (seconds) throws(ManagerError) in
            reference.under(try Request.acquire(ident, seconds))
        } _: { (reply) throws(ManagerError) in
            try reply.returned(about: reference).isTrue ? () : nil
        }
        return taken != nil
    }
}

extension Request {
    /// `acquire()`, or `acquire(True, seconds)`
    static func acquire(_ ident: String, _ seconds: Double?) throws(ManagerError) -> [UInt8] {
        guard let seconds else { return try Request.call(ident, "acquire") }
        return try Request.call(ident, "acquire", true, seconds)
    }
}
