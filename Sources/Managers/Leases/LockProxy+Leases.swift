extension LockProxy {
    /// Waits for the lock and takes it for a time, after which another has it, if it is not
    /// renewed.
    ///
    /// - Parameters:
    ///   - lease: how long it is held, from when it is granted.
    ///   - timeout: how long to wait; nil for as long as it takes.
    /// - Returns: nil when the time is over.
    /// - Throws: ``ManagerError``; then the lock has not been taken. `unsupported` where the server
    ///   is CPython's.
    public func acquire(
        lease: Duration, timeout: Duration? = nil
    ) async throws(ManagerError) -> Lease? {
        try await reference.acquire(lease: lease, timeout: timeout).map {
            Lease($0, lease, reference)
        }
    }

    /// Does something while holding the lock by a lease, which is renewed for as long as this
    /// process runs and reaches the server; the lock is given back however that ends.
    ///
    /// Where the lease is lost nevertheless, since the server was not to be reached or this process
    /// was held up, the body is cancelled. Until it has noticed, another may have the lock: so what
    /// it changes it should change under its token (``ManagerProxy/fenced(by:)``).
    ///
    /// - Parameters:
    ///   - lease: after how long others get the lock where this process is gone.
    ///   - timeout: how long to wait for the lock; nil for as long as it takes.
    ///   - body: a task of its own.
    /// - Throws: ``ManagerError``, `leaseLost` and `timedOut` among them; and what the body throws.
    public func withLock<Result: Sendable>(
        lease: Duration, timeout: Duration? = nil,
        _ body: @escaping @Sendable (FencingToken) async throws -> Result
    ) async throws -> Result {
        try await reference.holding(
            lease: lease, timeout: timeout, late: "the lock was not free in time", body)
    }

    /// Does something while holding the lock, which is given back however that ends, and lets it
    /// know the grant's token.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ManagerError``, `timedOut` among them, `leaseLost` where somebody else has given
    ///   the lock back; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: (FencingToken) async throws -> Result
    ) async throws -> Result {
        try await reference.holding(
            timeout: timeout, late: "the lock was not free in time", body)
    }

    /// The token of whoever has the lock; nil where nobody has.
    ///
    /// - Throws: ``ManagerError``.
    public var fencingToken: FencingToken? {
        get async throws(ManagerError) { try await call("token") }
    }
}

extension RLockProxy {
    /// Waits for the lock and takes it for a time, or takes it once more and for longer.
    ///
    /// - Parameters:
    ///   - lease: how long it is held, from when it is granted.
    ///   - timeout: how long to wait; nil for as long as it takes.
    /// - Returns: nil when the time is over.
    /// - Throws: ``ManagerError``; then the lock has not been taken. `unsupported` where the server
    ///   is CPython's.
    public func acquire(
        lease: Duration, timeout: Duration? = nil
    ) async throws(ManagerError) -> Lease? {
        try await owners.asCurrent { (owner) throws(ManagerError) in
            owner.giveOut()
            return try await owner.acquire(lease: lease, timeout: timeout).map {
                Lease($0, lease, owner)
            }
        }
    }

    /// Does something while holding the lock by a lease, as
    /// ``LockProxy/withLock(lease:timeout:_:)`` does. A lease that is lost ends the whole hold,
    /// however often the lock was acquired. The body's own tasks are the same owner.
    ///
    /// - Throws: ``ManagerError``, `leaseLost` and `timedOut` among them; and what the body throws.
    public func withLock<Result: Sendable>(
        lease: Duration, timeout: Duration? = nil,
        _ body: @escaping @Sendable (FencingToken) async throws -> Result
    ) async throws -> Result {
        try await owners.asCurrent(for: body) { owner, body in
            try await owner.holding(
                lease: lease, timeout: timeout, late: "the lock was not free in time", body)
        }
    }

    /// Does something while holding the lock, which is given back however that ends, and lets it
    /// know the grant's token: the same for all who hold it at once, one inside the other.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ManagerError``, `timedOut` among them; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: (FencingToken) async throws -> Result
    ) async throws -> Result {
        try await owners.asCurrent { owner in
            try await owner.holding(timeout: timeout, late: "the lock was not free in time", body)
        }
    }
}

extension SemaphoreProxy {
    /// Waits for a permit and takes it for a time, after which another has it, if it is not
    /// renewed.
    /// It is given back by ``Lease/release()``, and not by ``release()``.
    ///
    /// - Parameters:
    ///   - lease: how long it is held, from when it is granted.
    ///   - timeout: how long to wait; nil for as long as it takes.
    /// - Returns: nil when the time is over.
    /// - Throws: ``ManagerError``; then none has been taken. `unsupported` where the server is
    ///   CPython's.
    public func acquire(
        lease: Duration, timeout: Duration? = nil
    ) async throws(ManagerError) -> Lease? {
        try await reference.acquire(lease: lease, timeout: timeout).map {
            Lease($0, lease, reference)
        }
    }

    /// Does something while holding a permit by a lease: as
    /// ``LockProxy/withLock(lease:timeout:_:)`` does.
    ///
    /// - Throws: ``ManagerError``, `leaseLost` and `timedOut` among them; and what the body throws.
    public func withPermit<Result: Sendable>(
        lease: Duration, timeout: Duration? = nil,
        _ body: @escaping @Sendable (FencingToken) async throws -> Result
    ) async throws -> Result {
        try await reference.holding(
            lease: lease, timeout: timeout, late: "the semaphore had no permit in time", body)
    }

    /// Does something while holding a permit, which is given back however that ends, and lets it
    /// know the grant's token.
    ///
    /// - Parameter timeout: how long to wait for the permit; nil for as long as it takes.
    /// - Throws: ``ManagerError``, `timedOut` among them; and what the body throws.
    public func withPermit<Result>(
        timeout: Duration? = nil, _ body: (FencingToken) async throws -> Result
    ) async throws -> Result {
        try await reference.holding(
            timeout: timeout, late: "the semaphore had no permit in time", body)
    }
}

extension BarrierProxy {
    /// Waits until all parties are there, and tells the token of that time: the same for all of
    /// them, and greater than those of earlier times.
    ///
    /// - Returns: a number from 0 up to before `parties`, another one for each, and the token.
    /// - Throws: ``ManagerError``; `remote` (`BrokenBarrierError`) where the barrier breaks.
    public func waitForToken(
        timeout: Duration? = nil
    ) async throws(ManagerError) -> (index: Int, token: FencingToken) {
        let pair: [Int] = try await callWaiting("wait_token", timeout?.inSeconds)
        guard pair.count == 2 else { throw .unexpectedReply("a token that is \(pair)") }
        return (pair[0], FencingToken(pair[1]))
    }
}
