import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LockProxyTests {
    @Test(arguments: TestServer.all)
    func aLockIsHeldByOneAtATime(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            try await lock.acquire()
            #expect(try await lock.tryAcquire() == false)
            #expect(try await lock.acquire(timeout: .milliseconds(20)) == false)
            try await lock.release()
            #expect(try await lock.acquire(timeout: .seconds(60)))
            try await lock.release()
            #expect(await exception { try await lock.release() } == "RuntimeError")
        }
    }

    @Test(arguments: TestServer.all)
    func withLockExcludesOthers(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            let total = try await manager.value(0)
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<10 {
                            try await lock.withLock {
                                try await total.set(try await total.get() + 1)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await total.get() == 80)
        }
    }

    private struct Mishap: Error {}

    @Test(arguments: TestServer.all)
    func withLockReleasesWhateverHappens(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            await #expect(throws: Mishap.self) { try await lock.withLock { throw Mishap() } }
            let task = Task {
                try await lock.withLock { try await Task.sleep(for: .seconds(600)) }
            }
            try await eventually { try await !lock.isFree() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await lock.tryAcquire())
        }
    }

    @Test(arguments: TestServer.all)
    func withLockTimesOut(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            try await lock.acquire()
            #expect(await code { try await lock.withLock(timeout: .zero) {} } == .timedOut)
        }
    }

    /// A lock that its holder gives up and takes again, as who waits for its condition does, is
    /// free afterwards.
    @Test(arguments: TestServer.all)
    func whatIsGivenUpAndTakenAgainIsGivenBack(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.lock()
            try await lock.withLock { () async throws in
                try await lock.release()
                #expect(try await lock.tryAcquire())
            }
            #expect(try await lock.tryAcquire())
            try await lock.release()
            let permits = try await manager.semaphore(1)
            try await permits.withPermit { () async throws in
                try await permits.release()
                #expect(try await permits.tryAcquire())
            }
            #expect(try await permits.tryAcquire())
        }
    }
}

extension LockProxy {
    /// Whether it could be taken; it is not.
    fileprivate func isFree() async throws -> Bool {
        guard try await tryAcquire() else { return false }
        try await release()
        return true
    }
}
