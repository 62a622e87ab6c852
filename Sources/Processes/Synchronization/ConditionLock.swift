/// The lock of a condition.
enum ConditionLock: Sendable, Codable {
    case lock(Lock)
    case rlock(RLock)

    var core: RobustLock {
        switch self {
        case .lock(let lock): lock.core
        case .rlock(let lock): lock.core.core
        }
    }

    func isHeld(by owner: LockOwner) -> Bool {
        switch self {
        case .lock(let lock): lock.core.isOwn
        case .rlock(let lock): lock.core.isHeld(by: owner)
        }
    }

    func acquire(until deadline: Int64) async throws(ProcessError) -> Bool {
        switch self {
        case .lock(let lock): try await lock.core.acquire(until: deadline)
        case .rlock(let lock): try await lock.core.acquire(for: .current, until: deadline)
        }
    }

    func acquireBlocking(until deadline: Int64) -> Bool {
        switch self {
        case .lock(let lock): lock.core.acquireBlocking(until: deadline)
        case .rlock(let lock): lock.core.acquireBlocking(for: .current, until: deadline)
        }
    }

    func tryAcquire() -> Bool {
        switch self {
        case .lock(let lock): lock.tryAcquire()
        case .rlock(let lock): lock.tryAcquire()
        }
    }

    func release() throws(ProcessError) {
        switch self {
        case .lock(let lock): try lock.release()
        case .rlock(let lock): try lock.release()
        }
    }

    // MARK: For a wait

    /// Gives it back wholly; how often it was held.
    func releaseAll() -> UInt64 {
        switch self {
        case .lock(let lock):
            lock.core.release()
            return 1
        case .rlock(let lock):
            return lock.core.releaseAll()
        }
    }

    /// It has been taken again, for so many times.
    func resume(_ owner: LockOwner, depth: UInt64) {
        if case .rlock(let lock) = self { lock.core.begin(owner, depth: depth) }
    }
}
