import Multiprocessing
import Processes

/// A Swift client in a process of its own, that holds or waits for something until it is killed.
struct Holder: ProcessMain, Codable {
    enum Deed: String, Codable, CaseIterable {
        case lock, semaphore, boundedSemaphore, rlock, condition
        case waitForLock, waitForSemaphore, waitForCondition, waitForBarrier, waitForEvent
        case waitForItem, waitForRoom
        case own
        case acquireAndClose
        case writeUnderLease, holdAndBeHeard

        static let holding: [Deed] = [.lock, .semaphore, .boundedSemaphore, .rlock, .condition]
    }

    let address: String
    let authkey: [UInt8]
    let deed: Deed

    func main(_ parent: ParentLink) throws {
        MainThread.run {
            var limits = ClientLimits()
            if deed == .holdAndBeHeard { limits.keepAliveInterval = .milliseconds(200) }
            let manager = try await Manager.connect(
                to: SocketAddress(parsing: address), authkey: AuthenticationKey(authkey),
                limits: limits)
            let held = try await perform(manager, parent)
            try parent.send(Array("done".utf8))
            parent.waitForEnd()
            withExtendedLifetime(held) {}
        }
    }

    /// - Returns: what must be kept.
    private func perform(_ manager: Manager, _ parent: ParentLink) async throws -> Any {
        let waits = { try parent.send(Array("waits".utf8)) }
        switch deed {
        case .lock:
            let lock = try await manager.lock(named: "lock")
            try await lock.acquire()
            return lock
        case .acquireAndClose:
            let lock = try await manager.lock(named: "lock")
            try await lock.acquire()
            await manager.close()
            return lock
        case .semaphore:
            let semaphore = try await manager.semaphore(named: "semaphore")
            try await semaphore.acquire()
            return semaphore
        case .boundedSemaphore:
            let semaphore = try await manager.boundedSemaphore(named: "boundedSemaphore")
            try await semaphore.acquire()
            return semaphore
        case .rlock:
            let lock = try await manager.rlock(named: "rlock")
            try await lock.acquire()
            return lock
        case .condition:
            let condition = try await manager.condition(named: "condition")
            try await condition.acquire()
            return condition
        case .waitForLock:
            let lock = try await manager.lock(named: "lock")
            try waits()
            try await lock.acquire()
            return lock
        case .waitForSemaphore:
            let semaphore = try await manager.semaphore(named: "semaphore")
            try waits()
            try await semaphore.acquire()
            return semaphore
        case .waitForCondition:
            let condition = try await manager.condition(named: "condition")
            try await condition.acquire()
            try waits()
            try await condition.wait()
            return condition
        case .waitForBarrier:
            let barrier = try await manager.barrier(2, named: "barrier")
            try waits()
            return try await barrier.wait()
        case .waitForEvent:
            let event = try await manager.event(named: "event")
            try waits()
            try await event.wait()
            return event
        case .waitForItem:
            let queue = try await manager.queue(of: Int.self, maxsize: 1, named: "queue")
            try waits()
            return try await queue.get()
        case .waitForRoom:
            let queue = try await manager.queue(of: Int.self, maxsize: 1, named: "queue")
            try waits()
            try await queue.put(-1)
            return queue
        case .writeUnderLease: return try await writeUnderLease(manager)
        case .holdAndBeHeard: return try await holdBoth(manager)
        case .own: return try await own(manager)
        }
    }

    private func own(_ manager: Manager) async throws -> Any {
        let dict = try await manager.dict(["a": 1])
        let list = try await manager.list([1])
        try await list.append(2)
        return (dict, list)
    }

    private func holdBoth(_ manager: Manager) async throws -> Any {
        let lock = try await manager.lock(named: "lock")
        let rlock = try await manager.rlock(named: "rlock")
        try await lock.acquire()
        try await rlock.acquire()
        return (lock, rlock)
    }

    /// Writes under a lease, is held up, and writes again when it goes on, whatever happens.
    private func writeUnderLease(_ manager: Manager) async throws -> Any {
        let lock = try await manager.lock(named: "lock")
        let journal = try await manager.list(of: String.self, named: "journal")
        let verdicts = try await manager.queue(of: String.self, named: "verdicts")
        let isWithin = OneShot<Void>()
        let holding = Task {
            do {
                try await lock.withLock(lease: .seconds(2)) { token in
                    try await journal.fenced(by: token).append("holder")
                    isWithin.complete(.success(()))
                    // No cancellation comes through here, as in code that does not look for any.
                    try await Task {
                        while try await journal.count == 1 {
                            try await Task.sleep(for: .milliseconds(5))
                        }
                        let verdict = await code {
                            try await journal.fenced(by: token).append("too late")
                        }
                        try await verdicts.put(verdict?.description ?? "accepted")
                    }.value
                }
            } catch let error as ManagerError {
                try await verdicts.put(error.code.description)
            }
        }
        try await isWithin.value("holding")
        return holding
    }
}
