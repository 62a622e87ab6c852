import Processes
import Sockets
import Testing

/// `Condition`, with either lock.
@Suite(.timeLimit(.minutes(10)))
struct ConditionTests {
    /// Both kinds.
    private func conditions() throws -> [Condition] {
        [try Condition(), try Condition(try Lock()), try travelled(try Condition())]
    }

    private func isNotHeld(_ error: any Error) -> Bool {
        (error as? ProcessError)?.code == .notHeld
    }

    @Test func whoDoesNotHoldTheLockMayDoNothing() async throws {
        for condition in try conditions() {
            #expect(performing: { try condition.notify() }, throws: isNotHeld)
            #expect(performing: { try condition.blocking.wait() }, throws: isNotHeld)
            await #expect(performing: { try await condition.wait() }, throws: isNotHeld)
        }
    }

    @Test func aWaitEndsWithItsTimeAndHasTheLock() async throws {
        for condition in try conditions() {
            try await condition.acquire()
            #expect(try await !condition.wait(timeout: .milliseconds(5)))
            #expect(try !condition.blocking.wait(timeout: .milliseconds(5)))
            try condition.release()
            #expect(throws: ProcessError.self) { try condition.release() }
        }
    }

    @Test func aCancelledWaitHasTheLock() async throws {
        for condition in try conditions() {
            let waiting = Task {
                try await condition.acquire()
                defer { try? condition.release() }
                await #expect(throws: ProcessError.self) { try await condition.wait() }
                try condition.notifyAll()
            }
            waiting.cancel()
            try await waiting.value
        }
    }

    @Test func waitsAreNotifiedInTheirOrder() async throws {
        for condition in try conditions() {
            let (order, arrival) = AsyncStream.makeStream(of: Int.self)
            var waiting: [Task<Void, any Error>] = []
            for number in 0..<3 {
                let hasBegun = try Event()
                waiting.append(
                    Task {
                        try await condition.withLock {
                            hasBegun.set()
                            try await condition.wait()
                            arrival.yield(number)
                        }
                    })
                try await hasBegun.wait()
            }
            var arrivals = order.makeAsyncIterator()
            for number in 0..<3 {
                try await condition.withLock { try condition.notify() }
                #expect(await arrivals.next() == number)
            }
            for task in waiting { try await task.value }
        }
    }

    @Test func aNotificationWithoutWaitersIsLost() async throws {
        let condition = try Condition()
        try await condition.withLock {
            try condition.notifyAll()
            #expect(try await !condition.wait(timeout: .milliseconds(5)))
        }
    }

    @Test func anRLockIsHeldAsOftenAsBefore() async throws {
        let lock = try RLock()
        let condition = try Condition(lock)
        try await lock.withLock {
            try await lock.withLock {
                async let other: Void = lock.withLock { try condition.notify() }
                try await condition.wait()
                try await other
            }
            #expect(lock.isLocked)
        }
        #expect(!lock.isLocked)
    }

    @Test func aThreadWaitsForWhatATaskDoes() async throws {
        let condition = try Condition(try Lock())
        let there = try travelled(condition)
        let (flag, done) = (try Event(), try Event())
        try DedicatedThread.start(name: "test") {
            let isSo = try? there.blocking.withLock {
                try there.blocking.wait(timeout: .seconds(30)) { flag.isSet }
            }
            if isSo == true { done.set() }
        }
        try await condition.withLock {
            flag.set()
            try condition.notifyAll()
        }
        #expect(try await done.wait(timeout: .seconds(30)))
    }

    @Test func aPredicateIsAskedAgainAfterEachNotification() async throws {
        let condition = try Condition()
        let count = try Semaphore(0)
        async let isSo = condition.withLock {
            try await condition.wait(timeout: .seconds(30)) { count.value == 3 }
        }
        for _ in 0..<3 {
            try await condition.withLock {
                try count.release()
                try condition.notifyAll()
            }
        }
        #expect(try await isSo)
        let isOver = try await condition.withLock {
            try await condition.wait(timeout: .milliseconds(5)) { false }
        }
        #expect(!isOver)
    }
}
