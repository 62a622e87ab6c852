import Processes
import Testing

/// Processes are killed at any moment of what they do with a primitive; the others go on.
@Suite(.timeLimit(.minutes(10)))
struct SynchronizationDeathTests {
    static let rounds = 100
    /// Longer than anything takes here.
    private let patience = Duration.seconds(30)

    /// Starts a child, and kills it after it has begun.
    private func kill(_ target: some ProcessTarget, _ hasBegun: Event) async throws {
        let child = ChildProcess(target)
        try await child.start()
        #expect(try await hasBegun.wait(timeout: patience))
        hasBegun.clear()
        try await Task.sleep(for: .microseconds(Int.random(in: 0...500)))
        try child.kill()
        try await child.join()
        #expect(try child.exitCode == -9)
    }

    @Test func aLockIsFreeAfterItsOwner() async throws {
        let (lock, hasBegun) = (try Lock(), try Event())
        for _ in 0..<Self.rounds {
            try await kill(LockUser(lock: lock, hasBegun: hasBegun), hasBegun)
            let wasLocked = lock.isLocked
            try #require(try await lock.acquire(timeout: patience))
            #expect(lock.ownerDied == wasLocked)
            try lock.release()
            #expect(lock.tryAcquire() && !lock.ownerDied)
            try lock.release()
        }
    }

    @Test func anRLockIsFreeAfterItsOwner() async throws {
        let (lock, hasBegun) = (try RLock(), try Event())
        for _ in 0..<Self.rounds {
            try await kill(RLockUser(lock: lock, hasBegun: hasBegun), hasBegun)
            let wasLocked = lock.isLocked
            try #require(try await lock.acquire(timeout: patience))
            #expect(lock.ownerDied == wasLocked)
            try lock.release()
            #expect(throws: ProcessError.self) { try lock.release() }
        }
    }

    @Test func noPermitIsLostWithItsHolder() async throws {
        let (semaphore, hasBegun) = (try BoundedSemaphore(2), try Event())
        for _ in 0..<Self.rounds {
            let known = semaphore.lostPermits
            try await kill(SemaphoreUser(semaphore: semaphore, hasBegun: hasBegun), hasBegun)
            let missing = 2 - semaphore.value
            for _ in 0..<2 { try #require(try await semaphore.acquire(timeout: patience)) }
            #expect(semaphore.lostPermits - known == missing)
            #expect(!semaphore.tryAcquire())
            try semaphore.release(2)
            #expect(throws: ProcessError.self) { try semaphore.release() }
        }
    }

    @Test func aNotificationIsNotLostWithWhoGotIt() async throws {
        let (condition, hasBegun) = (try Condition(), try Event())
        let hasSatDown = try Event()
        for _ in 0..<Self.rounds {
            let child = ChildProcess(ConditionUser(condition: condition, hasBegun: hasBegun))
            try await child.start()
            #expect(try await hasBegun.wait(timeout: patience))
            hasBegun.clear()
            async let isNotified = condition.withLock {
                hasSatDown.set()
                return try await condition.wait(timeout: patience)
            }
            #expect(try await hasSatDown.wait(timeout: patience))
            hasSatDown.clear()
            // With the lock, so that the wait has begun; the child is somewhere in its own.
            try await condition.withLock {
                try child.kill()
                try await child.join()
                try condition.notify()
            }
            #expect(try await isNotified)
        }
    }

    @Test func nobodyWaitsForAPartyThatDied() async throws {
        let (barrier, hasBegun) = (try Barrier(parties: 2), try Event())
        for _ in 0..<Self.rounds {
            try await kill(BarrierUser(barrier: barrier, hasBegun: hasBegun), hasBegun)
            // It died while it waited, or before it came.
            if barrier.waitingParties > 0 || barrier.isBroken {
                await #expect(throws: ProcessError.self) { try await barrier.wait() }
                #expect(barrier.isBroken)
            }
            try await barrier.reset()
            async let other = barrier.wait(timeout: patience)
            #expect(try await barrier.wait(timeout: patience) + other == 1)
        }
    }

    @Test func anEventWorksAfterItsUser() async throws {
        let (event, hasBegun) = (try Event(), try Event())
        for _ in 0..<Self.rounds {
            try await kill(EventUser(event: event, hasBegun: hasBegun), hasBegun)
            event.clear()
            async let isSet = event.wait(timeout: patience)
            event.set()
            #expect(try await isSet)
        }
    }
}
