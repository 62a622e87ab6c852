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
