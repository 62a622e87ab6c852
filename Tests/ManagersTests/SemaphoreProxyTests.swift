import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct SemaphoreProxyTests {
    @Test(arguments: TestServer.all)
    func soManyHoldItAtATime(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let semaphore = try await manager.semaphore(2)
            try await semaphore.acquire()
            #expect(try await semaphore.acquire(timeout: .seconds(60)))
            #expect(try await semaphore.tryAcquire() == false)
            #expect(try await semaphore.acquire(timeout: .milliseconds(20)) == false)
            try await semaphore.release()
            try await semaphore.withPermit {
                let isTaken = try await semaphore.tryAcquire()
                #expect(!isTaken)
            }
            #expect(await code { try await semaphore.withPermit(timeout: .zero) {} } == nil)
            #expect(try await semaphore.tryAcquire())
            #expect(
                await code { try await semaphore.withPermit(timeout: .zero) {} } == .timedOut)
        }
    }

    @Test(arguments: TestServer.all)
    func aBoundedOneIsNotReleasedTooOften(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let semaphore = try await manager.boundedSemaphore(2)
            #expect(await exception { try await semaphore.release() } == "ValueError")
            try await semaphore.acquire()
            try await semaphore.release()
        }
    }

    @Test(arguments: TestServer.all)
    func aReleaseLetsThoseGoOnWhoWait(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let semaphore = try await manager.semaphore(0)
            async let first: Void = semaphore.acquire()
            async let second: Void = semaphore.acquire()
            try await Task.sleep(for: .milliseconds(50))
            try await semaphore.release()
            try await semaphore.release()
            _ = try await (first, second)
            #expect(try await semaphore.tryAcquire() == false)
        }
    }

    @Test(arguments: TestServer.all)
    func aCancelledAcquireTakesNoPermit(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let semaphore = try await manager.semaphore(0)
            let waiting = Task { try await semaphore.acquire() }
            try await Task.sleep(for: .milliseconds(20))
            waiting.cancel()
            await #expect(throws: ManagerError.self) { try await waiting.value }
            try await semaphore.release()
            #expect(try await semaphore.tryAcquire())
        }
    }
}
