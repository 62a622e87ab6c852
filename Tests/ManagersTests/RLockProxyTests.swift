import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct RLockProxyTests {
    @Test(arguments: TestServer.all)
    func itsOwnerMayAcquireItAgain(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let other = lock.anotherOwner()
            try await lock.acquire()
            #expect(try await lock.tryAcquire())
            #expect(try await lock.acquire(timeout: .seconds(60)))
            #expect(try await other.tryAcquire() == false)
            #expect(await exception { try await other.release() } == "RuntimeError")
            for _ in 0..<3 {
                #expect(try await other.acquire(timeout: .milliseconds(5)) == false)
                try await lock.release()
            }
            #expect(try await other.tryAcquire())
            try await other.release()
            #expect(await exception { try await lock.release() } == "RuntimeError")
        }
    }

    @Test(arguments: TestServer.all)
    func ownersExcludeOneAnother(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let total = try await manager.value(0)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        let mine = lock.anotherOwner()
                        for _ in 0..<10 {
                            try await mine.withLock {
                                try await mine.withLock {
                                    try await total.set(try await total.get() + 1)
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await total.get() == 40)
        }
    }

    /// One proxy for all, as one object is for all threads in Python. Each task may take it again.
    @Test(arguments: TestServer.all)
    func tasksThatShareAProxyExcludeOneAnother(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let total = try await manager.value(0)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await lock.withLock {
                                try await lock.acquire()
                                try await total.set(try await total.get() + 1)
                                try await lock.release()
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await total.get() == 40)
            try await lock.acquire()
            let other = Task { try await lock.tryAcquire() }
            #expect(try await other.value == false)
            let releasing = Task { try await lock.release() }
            #expect(await exception { try await releasing.value } == "RuntimeError")
            try await lock.release()
        }
    }

    /// Who is one owner whichever task calls: one acquires, another releases.
    @Test(arguments: TestServer.all)
    func anOwnerOfItsOwnIsTheSameInAllTasks(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let shared = lock.anotherOwner()
            try await shared.acquire()
            let copy = Task { [shared] in
                try await shared.acquire()
                try await shared.release()
                try await shared.release()
            }
            try await copy.value
            #expect(try await lock.tryAcquire())
            try await lock.release()
        }
    }

    /// The body of one that is held by a lease runs in a task of its own, for its owner.
    @Test(arguments: TestServer.swift)
    func theBodyOfALeaseMayAcquireItAgain(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let isAgain = try await lock.withLock(lease: .seconds(60)) { _ in
                guard try await lock.tryAcquire() else { return false }
                try await lock.release()
                return true
            }
            #expect(isAgain)
            let other = Task { try await lock.tryAcquire() }
            #expect(try await other.value)
        }
    }

    @Test(arguments: TestServer.swift)
    func theLockDiesWithItsOwner(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let lock = try await manager.rlock()
            do {
                let owner = lock.anotherOwner()
                try await owner.acquire()
            }
            try await lock.acquire()
            await manager.close()
        }
    }

    @Test(arguments: TestServer.all)
    func aCancelledAcquireLeavesNoHold(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let other = lock.anotherOwner()
            try await lock.acquire()
            for round in 0..<10 {
                let task = Task { try await other.acquire() }
                try await Task.sleep(for: .microseconds(round * 300))
                task.cancel()
                await #expect(throws: ManagerError.self) { try await task.value }
            }
            try await lock.release()
            let third = lock.anotherOwner()
            try await third.acquire()
        }
    }

    @Test(arguments: TestServer.swift)
    func acquiresOfOneOwnerTakeTurns(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let other = lock.anotherOwner()
            try await lock.acquire()
            let first = Task { try await other.acquire() }
            try await Task.sleep(for: .milliseconds(20))
            #expect(try await other.acquire(timeout: .milliseconds(20)) == false)
            let second = Task { try await other.acquire() }
            try await Task.sleep(for: .milliseconds(20))
            first.cancel()
            await #expect(throws: ManagerError.self) { try await first.value }
            try await lock.release()
            try await second.value
            #expect(try await lock.tryAcquire() == false)
            try await other.release()
            #expect(try await lock.tryAcquire())
        }
    }
}
