import Connections
import Foundation
import Sockets
import Synchronization
import Testing

@testable import Processes

@Suite(.timeLimit(.minutes(10)))
struct QueueTests {
    private func code(_ error: any Error) -> ProcessError.Code? {
        (error as? ProcessError)?.code
    }

    @Test func itemsComeInOrder() async throws {
        let queue = try ProcessQueue<Int>()
        #expect(queue.isEmpty && queue.count == 0)
        for number in 0..<1000 { try await queue.put(number) }
        #expect(queue.count == 1000 && !queue.isEmpty && !queue.isFull)
        for number in 0..<1000 { #expect(try await queue.get() == number) }
        #expect(queue.isEmpty)
        #expect(try queue.getNoWait() == nil)
    }

    @Test func puttingNeverWaitsForAReader() async throws {
        let queue = try ProcessQueue<[UInt8]>()
        let items = (0..<40).map { [UInt8](repeating: UInt8($0), count: 1 << ($0 % 22)) }
        for item in items { try await queue.put(item) }
        #expect(queue.count == items.count)
        for item in items { #expect(try await queue.get() == item) }
        try await queue.joinFeeder()
        #expect(queue.isEmpty && queue.count == 0)
    }

    @Test(arguments: [0, 1, 100, 131_000, 131_064, 131_072, 1 << 20, (1 << 20) + 1, 5 << 20])
    func itemsMayBeOfAnySize(size: Int) async throws {
        let queue = try ProcessQueue<[UInt8]>()
        let item = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for _ in 0..<3 { try await queue.put(item) }
        for _ in 0..<3 { #expect(try await queue.get() == item) }
    }

    @Test func aFullQueueRefuses() async throws {
        let queue = try ProcessQueue<String>(maxsize: 2)
        try await queue.put("a")
        #expect(!queue.isFull)
        #expect(try queue.putNoWait("b"))
        #expect(queue.isFull && queue.count == 2)
        #expect(try !queue.putNoWait("c"))
        await #expect { try await queue.put("c", timeout: .milliseconds(5)) } throws: {
            code($0) == .timedOut
        }
        async let put: Void = queue.put("c")
        #expect(try await queue.get() == "a")
        try await put
        #expect(try await [queue.get(), queue.get()] == ["b", "c"])
    }

    @Test func longItemsCountInABoundedQueueToo() async throws {
        let queue = try ProcessQueue<[UInt8]>(maxsize: 2)
        let item = [UInt8](repeating: 1, count: 3 << 20)
        for _ in 0..<2 { try await queue.put(item) }
        #expect(queue.isFull)
        #expect(try !queue.putNoWait([1]))
        for _ in 0..<2 { #expect(try await queue.get() == item) }
        #expect(try queue.putNoWait([1]))
    }

    @Test func anEmptyQueueTimesOut() async throws {
        let queue = try ProcessQueue<Int>()
        await #expect { try await queue.get(timeout: .milliseconds(5)) } throws: {
            code($0) == .timedOut
        }
        await #expect { try await queue.get(timeout: .zero) } throws: { code($0) == .timedOut }
    }

    @Test func aCancelledGetTakesNothing() async throws {
        let queue = try ProcessQueue<Int>()
        for round in 0..<50 {
            let getting = Task { try await queue.get() }
            if round % 2 == 0 { await Task.yield() }
            getting.cancel()
            async let put: Void = queue.put(round)
            do {
                #expect(try await getting.value == round)
            } catch {
                #expect(code(error) == .cancelled)
                #expect(try await queue.get() == round)
            }
            try await put
        }
    }

    @Test func aClosedQueueIsAnError() async throws {
        let queue = try ProcessQueue<Int>()
        let getting = Task { try await queue.get() }
        try await Task.sleep(for: .milliseconds(10))
        queue.close()
        await #expect { try await getting.value } throws: { code($0) == .closed }
        await #expect { try await queue.put(1) } throws: { code($0) == .closed }
        #expect { try queue.putNoWait(1) } throws: { code($0) == .closed }
        #expect { try queue.getNoWait() } throws: { code($0) == .closed }
    }

    @Test func closingReachesWhoHasTakenTheBeginningOfAnItem() async throws {
        let ring = try QueueRing(maxsize: 0)
        func append(_ byte: UInt8, isFirst: Bool, isLast: Bool) throws -> Bool {
            try [byte].withUnsafeBytes { try ring.append($0, isFirst: isFirst, isLast: isLast) }
        }
        // A writer that lives, and takes its time.
        #expect(ring.writers.tryAcquire())
        #expect(try append(1, isFirst: true, isLast: false))
        let end = QueueEnd(ring)
        let taking = Task { try await end.take(until: .max) }
        while !ring.isEmpty { await Task.yield() }
        let other = QueueEnd(ring)
        let waiting = Task { try await other.take(until: .max) }
        end.close()
        await #expect { try await taking.value } throws: { code($0) == .closed }
        #expect(try append(2, isFirst: false, isLast: true))
        #expect(try append(3, isFirst: true, isLast: true))
        ring.writers.release()
        #expect(try await waiting.value == [3])
        #expect(ring.lostCount == 1)
    }

    @Test func closingReachesWhoWaitsForAnothersLock() async throws {
        let ring = try QueueRing(maxsize: 1)
        #expect(ring.readers.tryAcquire() && ring.writers.tryAcquire())
        #expect(try [1].withUnsafeBytes { try ring.append($0, isFirst: true, isLast: true) })
        let end = QueueEnd(ring)
        let taking = Task { try await end.take(until: .max) }
        let putting = Task { try await end.put([1], until: .max) }
        try await Task.sleep(for: .milliseconds(5))
        end.close()
        await #expect { try await taking.value } throws: { code($0) == .closed }
        await #expect { try await putting.value } throws: { code($0) == .closed }
    }

    @Test func anItemIsNotPutWhereItsFeederCannotBeStarted() async throws {
        let ring = try QueueRing(maxsize: 0)
        let refusals = Mutex(1)
        let end = QueueEnd(ring) { body throws(SocketError) in
            let refuses = refusals.withLock { refusals in
                refusals -= 1
                return refusals >= 0
            }
            if refuses { throw .system("thread", -11) }
            try DedicatedThread.start(name: "test", body)
        }
        let long = [UInt8](repeating: 1, count: 2 << 20)
        await #expect { try await end.put(long, until: .max) } throws: { code($0) == .system }
        #expect(end.count == 0 && !end.isFeeding)
        try await end.put(long, until: .max)
        try await end.put([2], until: .max)
        #expect(try await end.take(until: .max) == long)
        #expect(try await end.take(until: .max) == [2])
        try await end.joinFeeder()
        #expect(end.isEmpty && end.count == 0)
    }

    @Test func aScribbledQueueIsAnErrorForAll() async throws {
        let ring = try QueueRing(maxsize: 0)
        let end = QueueEnd(ring)
        let item = [UInt8](repeating: 1, count: 300_000)
        for _ in 0..<10 { try await end.put(item, until: .max) }
        #expect(end.isFeeding)
        ring.block.bytes.storeBytes(of: 0x0fff_0000, toByteOffset: 136, as: UInt64.self)
        ring.room.ring()
        try await end.joinFeeder()
        await #expect { try await end.put([1], until: .max) } throws: { code($0) == .malformed }
        await #expect { try await end.take(until: .max) } throws: { code($0) == .malformed }
        #expect { try end.takeNoWait() } throws: { code($0) == .malformed }
    }

    @Test func aValueThatIsNoItemIsAnError() async throws {
        let texts = try ProcessQueue<String>()
        let (here, there) = try Connection.pipe()
        try await here.send(texts)
        let numbers = try await there.receive(ProcessQueue<Int>.self)
        try await texts.put("one")
        try await texts.put("2")
        await #expect { try await numbers.get() } throws: { code($0) == .encoding }
        #expect(try await texts.get() == "2")
    }

    @Test func whatTravelsByLuggageIsNoItem() async throws {
        let queue = try ProcessQueue<Lock>()
        let lock = try Lock()
        await #expect { try await queue.put(lock) } throws: { code($0) == .encoding }
        #expect(queue.isEmpty)
    }

    @Test func threadsMayUseItToo() async throws {
        let queue = try ProcessQueue<Int>(maxsize: 3)
        let thread = Thread { for number in 0..<500 { try? queue.blocking.put(number) } }
        thread.start()
        for number in 0..<500 { #expect(try await queue.get() == number) }
        let sum = Task { try await queue.get() }
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread {
                done.resume(
                    with: Result {
                        try queue.blocking.put(1, timeout: .seconds(60))
                        try queue.blocking.joinFeeder()
                    })
            }
        }
        #expect(try await sum.value == 1)
    }

    @Test func aSimpleQueuePutsIntoTheRing() async throws {
        let queue = try SimpleQueue<[UInt8]>()
        async let putting: Void = {
            for number in 0..<100 as Range<UInt8> {
                try await queue.put(Array(repeating: number, count: 50_000))
            }
        }()
        for number in 0..<100 as Range<UInt8> {
            #expect(try await queue.get() == Array(repeating: number, count: 50_000))
        }
        try await putting
        #expect(queue.isEmpty)
        queue.close()
        await #expect { try await queue.get() } throws: { code($0) == .closed }
    }

    @Test func plainThreadsWaitForTheirTasks() async throws {
        let says = try SimpleQueue<String>()
        let joinable = try JoinableQueue<Int>()
        try await joinable.put(1)
        let thread = Thread {
            do {
                let isDone = try joinable.joinBlocking(timeout: .milliseconds(1))
                try says.blocking.put(isDone ? "done at once" : "waits")
                try joinable.joinBlocking()
                try says.blocking.put("done")
            } catch {
                says.close()
            }
        }
        thread.start()
        let first = try await says.get()
        #expect(first == "waits")
        _ = try await joinable.get()
        try joinable.taskDone()
        let second = try await says.get()
        #expect(second == "done")
    }

    @Test func joiningWaitsForAllTasks() async throws {
        let queue = try JoinableQueue<Int>()
        try await queue.join()
        #expect { try queue.taskDone() } throws: { code($0) == .releasedTooOften }
        for number in 0..<3 { try await queue.put(number) }
        for number in 0..<3 {
            #expect(try await queue.join(timeout: .milliseconds(1)) == false)
            #expect(try await queue.get() == number)
            #expect(try await queue.join(timeout: .milliseconds(1)) == false)
            try queue.taskDone()
        }
        try await queue.join()
        #expect { try queue.taskDone() } throws: { code($0) == .releasedTooOften }
    }

    @Test func joinIsWokenByTheLastTask() async throws {
        let queue = try JoinableQueue<Int>()
        for number in 0..<100 { try await queue.put(number) }
        async let joined: Void = queue.join()
        for _ in 0..<100 {
            _ = try await queue.get()
            try queue.taskDone()
        }
        try await joined
    }
}
