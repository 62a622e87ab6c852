import Foundation
import Processes
import Testing

/// Queues between processes.
@Suite(.timeLimit(.minutes(5)))
struct QueueProcessTests {
    @Test func theItemsOfEachProducerKeepTheirOrder() async throws {
        let queue = try ProcessQueue<Producer.Item>()
        let (producers, count) = (4, 3000)
        let children = (0..<producers).map { name in
            ChildProcess(Producer(queue: queue, name: name, count: count))
        }
        for child in children { try await child.start() }
        var next = [Int](repeating: 0, count: producers)
        for _ in 0..<producers * count {
            let item = try await queue.get(timeout: .seconds(60))
            #expect(item.number == next[item.producer])
            next[item.producer] = item.number + 1
        }
        for child in children { try await child.join() }
        #expect(queue.isEmpty && queue.lostCount == 0)
    }

    @Test func manyConsumersTakeEachItemOnce() async throws {
        let (first, second) = (try ProcessQueue<Producer.Item>(), try ProcessQueue<Producer.Item>())
        let (consumers, count) = (4, 1000)
        let children = (0..<consumers).map { _ in
            ChildProcess(Consumer(from: first, to: second, count: count))
        }
        for child in children { try await child.start() }
        for number in 0..<consumers * count {
            try await first.put(Producer.Item(producer: 0, number: number))
        }
        var seen: Set<Int> = []
        for _ in 0..<consumers * count {
            seen.insert(try await second.get(timeout: .seconds(60)).number)
        }
        #expect(seen == Set(0..<consumers * count))
        for child in children { try await child.join() }
    }

    @Test func aProcessEndsWhenItsItemsAreGone() async throws {
        let queue = try ProcessQueue<[UInt8]>()
        let child = ChildProcess(OneLongItem(queue: queue, size: 5 << 20, isExitFree: false))
        try await child.start()
        #expect(try await child.join(timeout: .milliseconds(300)) == false)
        #expect(try await queue.get() == Array(repeating: 9, count: 5 << 20))
        try await child.join()
        let exitCode = try child.exitCode
        #expect(exitCode == 0)
    }

    @Test func aProcessThatIsFreeToEndDoesNotWait() async throws {
        let queue = try ProcessQueue<[UInt8]>()
        let child = ChildProcess(OneLongItem(queue: queue, size: 5 << 20, isExitFree: true))
        try await child.start()
        try await child.join()
        // The next one is not held up by what has come of the item.
        try await queue.put([1])
        #expect(try await queue.get(timeout: .seconds(60)) == [1])
    }

    @Test(arguments: [10, 3 << 20])
    func aProducerThatIsKilledCorruptsNothing(size: Int) async throws {
        let queue = try ProcessQueue<[UInt8]>()
        for round in 0..<100 {
            let child = ChildProcess(EndlessProducer(queue: queue, size: size))
            try await child.start()
            for _ in 0...round % 7 {
                let item = try await queue.get(timeout: .seconds(60))
                #expect(item == Array(repeating: item[0], count: size))
            }
            try child.kill()
            try await child.join()
            // What it had written is there, and the queue goes on.
            try await queue.put([7])
            while try await queue.get(timeout: .seconds(60)) != [7] {}
            try await queue.joinFeeder()
            #expect(queue.isEmpty)
        }
        #expect(queue.lostCount <= 100)
    }

    @Test(arguments: [10, 3 << 20])
    func aConsumerThatIsKilledTakesOneItemAtMostWithIt(size: Int) async throws {
        let queue = try JoinableQueue<[UInt8]>()
        for round in 0..<100 {
            let child = ChildProcess(EndlessConsumer(queue: queue))
            try await child.start()
            let count = size > 1000 ? 3 : 300
            for _ in 0..<count { try await queue.put(Array(repeating: 1, count: size)) }
            if round % 3 > 0 {
                while queue.count > count / (round % 3 + 1) { await Task.yield() }
            }
            try child.kill()
            try await child.join()
            while queue.count > 0 {
                guard let item = try await taken(queue) else { continue }
                #expect(item.count == size)
                try queue.taskDone()
            }
            // All are done but one that it may have had.
            if try await !queue.join(timeout: .milliseconds(150)) { try queue.taskDone() }
            #expect(try await queue.join(timeout: .seconds(60)))
        }
        #expect(queue.lostCount <= 100)
    }

    /// The next item; nil when none comes, as where there is but the rest of a lost one.
    private func taken(_ queue: JoinableQueue<[UInt8]>) async throws -> [UInt8]? {
        do {
            return try await queue.get(timeout: .milliseconds(100))
        } catch  where error.code == .timedOut {
            return nil
        }
    }
}
