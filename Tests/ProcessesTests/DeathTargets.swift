import Processes

/// Takes and releases a lock until it is killed.
struct LockUser: ProcessTarget {
    let lock: Lock
    let hasBegun: Event

    func run() async throws {
        while true {
            try await lock.withLock { hasBegun.set() }
        }
    }
}

/// Takes a lock twice and releases it twice until it is killed.
struct RLockUser: ProcessTarget {
    let lock: RLock
    let hasBegun: Event

    func run() async throws {
        while true {
            try await lock.withLock { try await lock.withLock { hasBegun.set() } }
        }
    }
}

/// Takes permits and gives them back until it is killed.
struct SemaphoreUser: ProcessTarget {
    let semaphore: BoundedSemaphore
    let hasBegun: Event

    func run() async throws {
        while true {
            try await semaphore.withPermit { try await semaphore.withPermit { hasBegun.set() } }
        }
    }
}

/// Waits for a condition until it is killed.
struct ConditionUser: ProcessTarget {
    let condition: Condition
    let hasBegun: Event

    func run() async throws {
        while true {
            try await condition.withLock {
                hasBegun.set()
                _ = try await condition.wait(timeout: .microseconds(200))
            }
        }
    }
}

/// Comes to a barrier to which nobody else comes until it is killed.
struct BarrierUser: ProcessTarget {
    let barrier: Barrier
    let hasBegun: Event

    func run() async throws {
        hasBegun.set()
        while true { try await barrier.wait() }
    }
}

/// Sets, clears and waits for an event until it is killed.
struct EventUser: ProcessTarget {
    let event: Event
    let hasBegun: Event

    func run() async throws {
        while true {
            event.set()
            hasBegun.set()
            event.clear()
            _ = try await event.wait(timeout: .microseconds(50))
        }
    }
}
