extension Manager {
    /// A new lock, or the one of that name.
    ///
    /// - Throws: ``ManagerError``, as `dict`.
    public func lock(named name: String? = nil) async throws(ManagerError) -> LockProxy {
        try await make("Lock", named: name)
    }

    /// The lock that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func lock(shared typeid: String) async throws(ManagerError) -> LockProxy {
        try await make(typeid, named: nil)
    }

    /// A new lock that its owner may acquire again, or the one of that name.
    ///
    /// - Throws: ``ManagerError``, as `dict`.
    public func rlock(named name: String? = nil) async throws(ManagerError) -> RLockProxy {
        try await make("RLock", named: name)
    }

    /// The lock that the server shares under a typeid, and that its owner may acquire again.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func rlock(shared typeid: String) async throws(ManagerError) -> RLockProxy {
        try await make(typeid, named: nil)
    }

    /// A new event, or the one of that name.
    ///
    /// - Throws: ``ManagerError``, as `dict`.
    public func event(named name: String? = nil) async throws(ManagerError) -> EventProxy {
        try await make("Event", named: name)
    }

    /// The event that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func event(shared typeid: String) async throws(ManagerError) -> EventProxy {
        try await make(typeid, named: nil)
    }

    /// A new semaphore, or the one of that name.
    ///
    /// - Parameter permits: how many may hold it at a time.
    /// - Throws: ``ManagerError``, as `dict`; `remote` (`ValueError`) for less than 0 permits.
    public func semaphore(
        _ permits: Int = 1, named name: String? = nil
    ) async throws(ManagerError) -> SemaphoreProxy {
        try await make("Semaphore", named: name, permits)
    }

    /// A new semaphore that is an error to release more often than it was acquired, or the one of
    /// that name.
    ///
    /// - Parameter permits: how many may hold it at a time.
    /// - Throws: ``ManagerError``, as `dict`; `remote` (`ValueError`) for less than 0 permits.
    public func boundedSemaphore(
        _ permits: Int = 1, named name: String? = nil
    ) async throws(ManagerError) -> SemaphoreProxy {
        try await make("BoundedSemaphore", named: name, permits)
    }

    /// The semaphore, bounded or not, that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func semaphore(shared typeid: String) async throws(ManagerError) -> SemaphoreProxy {
        try await make(typeid, named: nil)
    }

    /// A new condition with a lock of its own, which its owner may acquire again; or the one of
    /// that name.
    ///
    /// - Throws: ``ManagerError``, as `dict`.
    public func condition(named name: String? = nil) async throws(ManagerError) -> ConditionProxy {
        try await make("Condition", named: name)
    }

    /// A new condition of a lock, or the one of that name.
    ///
    /// - Throws: ``ManagerError``, as `dict`.
    public func condition(
        _ lock: LockProxy, named name: String? = nil
    ) async throws(ManagerError) -> ConditionProxy {
        try await make("Condition", named: name, lock)
    }

    /// A new condition of a lock, or the one of that name. The owners of the condition are others
    /// than those of the lock's proxies.
    ///
    /// - Throws: ``ManagerError``, as `dict`.
    /// - Note: In a CPython server such a condition cannot be waited for: it always finds its lock
    ///   un-acquired.
    public func condition(
        _ lock: RLockProxy, named name: String? = nil
    ) async throws(ManagerError) -> ConditionProxy {
        try await make("Condition", named: name, lock)
    }

    /// The condition that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func condition(shared typeid: String) async throws(ManagerError) -> ConditionProxy {
        try await make(typeid, named: nil)
    }

    /// A new barrier, or the one of that name.
    ///
    /// - Parameters:
    ///   - parties: how many wait for one another.
    ///   - timeout: after how long a wait that says no other time breaks the barrier; nil for
    ///     never.
    /// - Throws: ``ManagerError``, as `dict`; `remote` (`ValueError`) for less than 1 party.
    public func barrier(
        _ parties: Int, timeout: Duration? = nil, named name: String? = nil
    ) async throws(ManagerError) -> BarrierProxy {
        try await make("Barrier", named: name, parties, Bool?.none, timeout?.inSeconds)
    }

    /// The barrier that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func barrier(shared typeid: String) async throws(ManagerError) -> BarrierProxy {
        try await make(typeid, named: nil)
    }
}
