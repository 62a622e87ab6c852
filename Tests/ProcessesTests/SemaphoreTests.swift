import Processes
import Sockets
import Testing

/// `Semaphore` and `BoundedSemaphore`.
@Suite(.timeLimit(.minutes(10)))
struct SemaphoreTests {
    private func isReleasedTooOften(_ error: any Error) -> Bool {
        (error as? ProcessError)?.code == .releasedTooOften
    }

    @Test(arguments: [0, 1, 3, 256, 300])
    func thereAreAsManyPermitsAsWereAskedFor(count: Int) throws {
        let semaphore = try Semaphore(count)
        #expect(semaphore.value == count)
        for _ in 0..<count { #expect(semaphore.tryAcquire()) }
        #expect(!semaphore.tryAcquire())
        #expect(semaphore.value == 0)
        try semaphore.release()
        #expect(try travelled(semaphore).value == 1)
    }

    @Test(arguments: [0, 1, 3, 300])
    func aBoundedOneNeverHasMoreThanItBeganWith(count: Int) throws {
        let semaphore = try BoundedSemaphore(count)
        #expect(throws: ProcessError.self) { try semaphore.release() }
        for _ in 0..<count { #expect(semaphore.tryAcquire()) }
        for _ in 0..<count { try semaphore.release() }
        #expect(performing: { try semaphore.release() }, throws: isReleasedTooOften)
        #expect(semaphore.value == count)
    }

    @Test func anUnboundedOneTakesWhatItIsGiven() throws {
        let semaphore = try Semaphore(1)
        try semaphore.release(4)
        #expect(semaphore.value == 5)
        for _ in 0..<5 { #expect(semaphore.tryAcquire()) }
        #expect(!semaphore.tryAcquire())
        #expect(throws: ProcessError.self) { try semaphore.release(0) }
    }

    @Test func impossibleCountsAreRefused() {
        for count in [-1, Int(Int32.max) + 1] {
            #expect(throws: ProcessError.self) { try Semaphore(count) }
        }
    }

    @Test func aReleaseLetsAWaiterGoOn() async throws {
        let semaphore = try Semaphore(0)
        let there = try travelled(semaphore)
        async let taken: Void = there.acquire()
        try semaphore.release()
        try await taken
        #expect(semaphore.value == 0)
    }

    @Test func everyWaiterIsServed() async throws {
        let semaphore = try Semaphore(0)
        let there = try travelled(semaphore)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 { group.addTask { try await there.acquire() } }
            for _ in 0..<50 { group.addTask { try semaphore.release() } }
            try await group.waitForAll()
        }
        #expect(semaphore.value == 0)
    }

    @Test func waitsEndWithTheirTimeOrTheirTask() async throws {
        let semaphore = try Semaphore(0)
        #expect(try await !semaphore.acquire(timeout: .milliseconds(5)))
        #expect(!semaphore.blocking.acquire(timeout: .milliseconds(5)))
        let waiting = Task { try await semaphore.acquire() }
        waiting.cancel()
        await #expect(throws: ProcessError.self) { try await waiting.value }
        try semaphore.release()
        #expect(semaphore.value == 1)
    }

    @Test func neverMoreAreInsideThanThereArePermits() async throws {
        let semaphore = try BoundedSemaphore(3)
        let inside = try Semaphore(3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    for _ in 0..<50 {
                        try await semaphore.withPermit {
                            #expect(inside.tryAcquire())
                            await Task.yield()
                            try inside.release()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(semaphore.value == 3 && semaphore.lostPermits == 0)
    }
}
