import Processes
import Sockets
import Testing

/// `Lock` and `RLock`, as their users see them.
@Suite(.timeLimit(.minutes(10)))
struct LockTests {
    struct Failure: Error {}

    @Test func aSecondReleaseIsAnError() throws {
        let lock = try Lock()
        #expect(lock.tryAcquire())
        try lock.release()
        #expect { try lock.release() } throws: { ($0 as? ProcessError)?.code == .notHeld }
    }

    @Test func anybodyMayReleaseALock() async throws {
        let lock = try Lock()
        try await lock.acquire()
        try await Task { try lock.release() }.value
        #expect(!lock.isLocked)
    }

    @Test func whatTravelledIsTheSameLock() async throws {
        let lock = try Lock()
        let there = try travelled(lock)
        let alsoThere = try travelled(lock)
        try await there.acquire()
        #expect(try await !lock.acquire(timeout: .milliseconds(5)))
        #expect(!alsoThere.tryAcquire())
        try lock.release()
        #expect(alsoThere.tryAcquire())
    }

    @Test func aLockIsGivenBackHoweverItsBodyEnds() async throws {
        let lock = try Lock()
        #expect(try await lock.withLock { lock.isLocked })
        await #expect(throws: Failure.self) { try await lock.withLock { throw Failure() } }
        #expect(throws: Failure.self) { try lock.blocking.withLock { throw Failure() } }
        #expect(!lock.isLocked)
    }

    @Test func withLockEndsWithItsTime() async throws {
        let lock = try Lock()
        try await lock.acquire()
        await #expect {
            try await lock.withLock(timeout: .milliseconds(5)) {}
        } throws: { ($0 as? ProcessError)?.code == .timedOut }
        #expect(!lock.blocking.acquire(timeout: .milliseconds(5)))
        #expect(lock.isLocked)
    }

    @Test func aThreadAndATaskExcludeOneAnother() async throws {
        let lock = try Lock()
        try await lock.acquire()
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        try DedicatedThread.start(name: "test") {
            lock.blocking.acquire()
            end.yield()
        }
        try lock.release()
        for await _ in ends { break }
        #expect(lock.isLocked)
    }

    // MARK: RLock

    @Test func anRLockIsReleasedAsOftenAsItWasTaken() async throws {
        let lock = try RLock()
        try await lock.acquire()
        #expect(try await lock.acquire(timeout: .zero))
        #expect(lock.tryAcquire())
        for _ in 0..<3 {
            #expect(lock.isLocked)
            try lock.release()
        }
        #expect(!lock.isLocked)
        #expect { try lock.release() } throws: { ($0 as? ProcessError)?.code == .notHeld }
    }

    @Test func anotherTaskHasNoPartInAnRLock() async throws {
        let lock = try RLock()
        try await lock.withLock {
            let other = Task.detached {
                #expect(throws: ProcessError.self) { try lock.release() }
                return lock.tryAcquire()
            }
            #expect(await !other.value)
            async let child = lock.tryAcquire()
            #expect(await !child)
        }
    }

    @Test func anRLockStaysItsTasksAcrossSuspensions() async throws {
        let lock = try travelled(try RLock())
        try await lock.withLock {
            for _ in 0..<20 {
                try await Task.sleep(for: .microseconds(100))
                try await lock.withLock { await Task.yield() }
            }
        }
        #expect(!lock.isLocked)
    }

    @Test func aThreadIsAnOwnerToo() async throws {
        let lock = try RLock()
        let (results, result) = AsyncStream.makeStream(of: Bool.self)
        try await lock.acquire()
        for _ in 0..<2 {
            try DedicatedThread.start(name: "test") {
                let first = lock.blocking.acquire(timeout: .milliseconds(1))
                result.yield(first && lock.tryAcquire())
            }
            for await isTaken in results {
                #expect(isTaken == !lock.tryAcquire())
                break
            }
            try? lock.release()
            try? lock.release()
        }
    }
}
