import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ConditionProxyTests {
    /// Waits until so many owners wait for the condition.
    private func waiters(_ count: Int, on condition: ConditionProxy) async throws {
        try await eventually { try await condition.str().hasSuffix(", \(count))>") }
    }

    @Test(arguments: TestServer.swift)
    func aWaitThatWasCancelledBeforeItBeganLeavesNoLock(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            let condition = try await manager.condition(lock)
            let waiting = Task {
                try await condition.withLock {
                    withUnsafeCurrentTask { $0?.cancel() }
                    try await condition.wait()
                }
            }
            #expect(await code { try await waiting.value } == .cancelled)
            #expect(try await lock.acquire(timeout: .seconds(60)))
        }
    }

    @Test(arguments: TestServer.all)
    func whoIsNotifiedHasTheLockAgain(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let condition = try await manager.condition()
            let waiter = condition.anotherOwner()
            try await waiter.acquire()
            try await waiter.acquire()
            async let notified: Void = waiter.wait()
            try await waiters(1, on: condition)
            try await condition.acquire()
            try await condition.notify()
            try await condition.release()
            try await notified
            #expect(try await condition.tryAcquire() == false)
            try await waiter.release()
            #expect(try await condition.tryAcquire() == false)
            try await waiter.release()
            #expect(try await condition.tryAcquire())
        }
    }

    @Test(arguments: TestServer.all)
    func allMayBeNotified(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let condition = try await manager.condition()
            try await withThrowingTaskGroup { group in
                for _ in 0..<3 {
                    group.addTask {
                        let mine = condition.anotherOwner()
                        try await mine.withLock { try await mine.wait() }
                    }
                }
                try await waiters(3, on: condition)
                try await condition.withLock { try await condition.notifyAll() }
                try await group.waitForAll()
            }
        }
    }

    /// One proxy for all, as one object is for all threads in Python. In one piece also where the
    /// server is CPython's: who is between two slices of a wait just then is not notified.
    @Test(arguments: TestServer.all)
    func tasksThatShareAProxyWaitForOneAnother(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect { $0.waitSlice = .seconds(60) }
            let condition = try await manager.condition()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await condition.withLock {
                            try await condition.wait(timeout: .seconds(60))
                        }
                    }
                }
                try await waiters(3, on: condition)
                try await condition.withLock { try await condition.notifyAll() }
                for try await isNotified in group { #expect(isNotified) }
            }
            await manager.close()
        }
    }

    @Test(arguments: TestServer.all)
    func aWaitEndsWithItsTimeoutAndWithTheLock(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let condition = try await manager.condition()
            try await condition.acquire()
            #expect(try await condition.wait(timeout: .milliseconds(20)) == false)
            #expect(try await condition.wait(timeout: .zero) == false)
            #expect(try await condition.anotherOwner().tryAcquire() == false)
            try await condition.release()
            #expect(await exception { try await condition.notify() } == "RuntimeError")
            #expect(await exception { try await condition.wait() } == "RuntimeError")
            #expect(await exception { try await condition.release() } == "RuntimeError")
        }
    }

    @Test(arguments: TestServer.all)
    func aPredicateIsWaitedFor(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let condition = try await manager.condition()
            let value = try await manager.value(0)
            let waiter = condition.anotherOwner()
            async let reached = waiter.withLock {
                try await waiter.wait { try await value.get() == 3 }
            }
            for number in 1...3 {
                try await condition.withLock {
                    try await value.set(number)
                    try await condition.notify()
                }
            }
            #expect(try await reached)
            try await condition.withLock {
                let isSo = try await condition.wait(timeout: .milliseconds(20)) { false }
                #expect(isSo == false)
            }
        }
    }

    @Test(arguments: TestServer.all)
    func itsLockMayBeAnother(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            let condition = try await manager.condition(lock)
            try await lock.acquire()
            #expect(try await condition.tryAcquire() == false)
            #expect(try await condition.wait(timeout: .milliseconds(20)) == false)
            try await lock.release()
            #expect(try await condition.tryAcquire())
        }
    }

    @Test(arguments: TestServer.all)
    func aCancelledWaitHasLostTheLock(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let condition = try await manager.condition()
            for round in 0..<6 {
                let waiter = condition.anotherOwner()
                let waiting = Task {
                    try await waiter.withLock { try await waiter.wait() }
                }
                try await Task.sleep(for: .microseconds(round * 500))
                waiting.cancel()
                await #expect(throws: ManagerError.self) { try await waiting.value }
            }
            #expect(try await condition.acquire(timeout: .seconds(60)))
            try await condition.notifyAll()
            try await waiters(0, on: condition)
        }
    }

    @Test(arguments: TestServer.swift)
    func theLockDiesWithItsOwner(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let condition = try await manager.condition(named: "gate")
            do {
                let owner = condition.anotherOwner()
                try await owner.acquire()
            }
            try await condition.acquire()
        }
    }
}
