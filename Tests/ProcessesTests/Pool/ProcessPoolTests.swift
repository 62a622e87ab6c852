import Foundation
import Processes
import Synchronization
import Testing

/// Pools of processes, by each start method.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct ProcessPoolTests {
    static let methods = StartMethod.all

    private func withPool(
        _ method: StartMethod = .spawn, processes: Int = 2, maxTasksPerChild: Int? = nil,
        initializer: (any ProcessTarget)? = nil, _ body: (ProcessPool) async throws -> Void
    ) async throws {
        try await withProcessPool(
            processes: processes, initializer: initializer, maxTasksPerChild: maxTasksPerChild,
            context: ProcessContext(method), body)
    }

    private func error(_ body: () async throws -> Void) async -> ProcessError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ProcessError
        }
    }

    @Test(arguments: methods)
    func resultsComeInTheOrderOfTheInputs(_ method: StartMethod) async throws {
        try await withPool(method) { pool in
            let one = try await pool.apply(Square(), to: 12)
            #expect(one == 144)
            for size in [nil, 1, 7, 1000] as [Int?] {
                let squares = try await pool.map(Square(), over: 0..<100, chunkSize: size)
                #expect(squares == (0..<100).map { $0 * $0 })
            }
            let none = try await pool.map(Square(), over: [])
            #expect(none.isEmpty)
            let powers = try await pool.starmap(Power(), over: [(2, 5), (3, 2), (10, 3)])
            #expect(powers == [32, 9, 1000])
        }
    }

    @Test(arguments: methods)
    func resultsComeOneByOne(_ method: StartMethod) async throws {
        try await withPool(method) { pool in
            var squares: [Int] = []
            for try await square in pool.imap(Square(), over: 0..<500) { squares.append(square) }
            #expect(squares == (0..<500).map { $0 * $0 })
            squares = []
            for try await square in pool.imapUnordered(Square(), over: 0..<500, chunkSize: 3) {
                squares.append(square)
            }
            #expect(squares.sorted() == (0..<500).map { $0 * $0 })
        }
    }

    @Test func inputsAreTakenAsTheyAreNeeded() async throws {
        try await withPool { pool in
            let taken = Atomic(0)
            let endless = sequence(first: 0) { last in
                taken.add(1, ordering: .relaxed)
                return last + 1
            }
            let squares = pool.imap(Square(), over: endless).makeAsyncIterator()
            for number in 0..<200 {
                let square = try await squares.next()
                #expect(square == number * number)
            }
            #expect(taken.load(ordering: .relaxed) <= 200 + 3 * PoolResults<Int>.window)
        }
    }

    @Test func aResultCanBeAskedForLater() async throws {
        try await withPool { pool in
            let told = Mutex<[Int]>([])
            let slow = try pool.applyAsync(Slow(milliseconds: 300), to: 5) { value in
                told.withLock { $0.append(value) }
            }
            #expect(!slow.isReady)
            #expect(throws: ProcessError.self) { try slow.isSuccessful }
            let early = try await slow.wait(timeout: .milliseconds(1))
            #expect(!early)
            let late = await error { _ = try await slow.get(timeout: .milliseconds(1)) }
            #expect(late?.code == .timedOut)
            let value = try await slow.get()
            #expect(value == 5)
            #expect(slow.isReady)
            let isSuccessful = try slow.isSuccessful
            #expect(isSuccessful)
            let many = try pool.mapAsync(Square(), over: 0..<10)
            let squares = try await many.get(timeout: .seconds(60))
            #expect(squares.count == 10)
            for _ in 0..<500 where told.withLock({ $0.isEmpty }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(told.withLock { $0 } == [5])
        }
    }

    @Test(arguments: methods)
    func whatATaskThrowsComesBack(_ method: StartMethod) async throws {
        try await withPool(method) { pool in
            let odd = await error { _ = try await pool.apply(OddsFail(), to: 3) }
            #expect(odd?.code == .taskFailed)
            #expect(odd?.underlying as? OddsFail.Odd == OddsFail.Odd(number: 3))
            #expect(odd?.reason.contains("Odd") == true)
            let plain = await error { _ = try await pool.apply(OddsFail(), to: 7) }
            #expect(plain?.reason.contains("Plain") == true)
            #expect(plain?.underlying == nil)
            let first = await error { _ = try await pool.map(OddsFail(), over: 0..<10) }
            #expect(first?.underlying as? OddsFail.Odd == OddsFail.Odd(number: 1))
            let failing = try pool.applyAsync(OddsFail(), to: 1)
            _ = try await failing.wait()
            let isSuccessful = try failing.isSuccessful
            #expect(!isSuccessful)
        }
    }

    @Test func oneMayGoOnAfterAnError() async throws {
        try await withPool { pool in
            for size in [1, 3] {
                let results = pool.imap(MaybeNothing(), over: 0..<6, chunkSize: size)
                let iterator = results.makeAsyncIterator()
                var seen: [String] = []
                var isOver = false
                while !isOver {
                    do {
                        let next = try await iterator.next()
                        seen.append(next.map { $0.map(String.init) ?? "nil" } ?? "end")
                        isOver = next == nil
                    } catch {
                        seen.append("error")
                    }
                }
                #expect(seen == ["0", "nil", "2", "error", "4", "nil", "end"])
            }
        }
    }

    @Test(arguments: methods)
    func aWorkerThatDiesFailsItsOwnTaskOnly(_ method: StartMethod) async throws {
        try await withPool(method) { pool in
            for _ in 0..<SynchronizationDeathTests.rounds {
                let results = pool.imap(DiesOver(fatal: 20), over: 0..<40)
                let iterator = results.makeAsyncIterator()
                var failures: [Int] = []
                for number in 0..<40 {
                    do throws(ProcessError) {
                        let result = try await iterator.next()
                        #expect(result == number)
                    } catch {
                        #expect(error.code == .workerDied)
                        failures.append(number)
                    }
                }
                #expect(failures == [20])
                let died = await error { _ = try await pool.apply(DiesOver(fatal: 1), to: 1) }
                #expect(died?.code == .workerDied)
            }
            let left = await error { _ = try await pool.apply(Leaves(), to: 3) }
            #expect(left?.code == .workerDied)
        }
    }

    @Test func aTaskIsDoneAgainWhereTheCallerSaysSo() async throws {
        let mark = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: mark) }
        try await withPool { pool in
            let task = DiesOver(fatal: 5, once: mark.path)
            let all = try await pool.map(task, over: 0..<10, chunkSize: 1, retries: 1)
            #expect(all == Array(0..<10))
            let always = await error {
                _ = try await pool.map(DiesOver(fatal: 5), over: 0..<10, retries: 2)
            }
            #expect(always?.code == .workerDied)
        }
    }

    @Test(arguments: methods)
    func theInitializerRunsInEachWorker(_ method: StartMethod) async throws {
        try await withPool(method, initializer: SetGreeting(word: "hello")) { pool in
            let words = try await pool.map(Greeting(), over: 0..<20, chunkSize: 1)
            #expect(words.allSatisfy { $0 == "hello" })
        }
    }

    @Test(arguments: [StartMethod.spawn, .forkserver])
    func theInitializerMayTakeSharedThingsAlong(_ method: StartMethod) async throws {
        let value = try SharedValue(0)
        try await withPool(method, initializer: TakeCounter(value: value)) { pool in
            let counts = try await pool.map(Count(), over: 0..<50, chunkSize: 1)
            #expect(counts.sorted() == Array(1...50))
        }
    }

    @Test func anInitializerThatCannotTravelIsToldOfAtOnce() {
        struct Local: ProcessTarget { func run() async throws {} }
        #expect(throws: ProcessError.self) { try ProcessPool(processes: 1, initializer: Local()) }
    }

    @Test func workersThatNeverGetReadyAreToldOf() async throws {
        try await withPool(initializer: FailingInitializer()) { pool in
            let failure = await error { _ = try await pool.apply(Square(), to: 1) }
            #expect(failure?.code == .noWorkers)
            #expect(failure?.reason.contains("Plain") == true)
            let later = await error { _ = try await pool.apply(Square(), to: 1) }
            #expect(later?.code == .noWorkers)
        }
        try await withPool(initializer: DyingInitializer()) { pool in
            let failure = await error { _ = try await pool.map(Square(), over: 0..<10) }
            #expect(failure?.code == .noWorkers)
        }
    }

    @Test func workersAreReplacedWhenTheyHaveDoneTheirPart() async throws {
        try await withPool(processes: 1, maxTasksPerChild: 3) { pool in
            let workers = try await pool.map(WhoAmI(), over: 0..<9, chunkSize: 1)
            #expect(Set(workers).count == 3)
        }
    }

    /// In a process of its own, where nobody else has descriptors that come and go.
    @Test func workersThatWereReplacedLeaveNoDescriptor() async throws {
        let growth = try SharedValue(Int.max)
        let child = ChildProcess(CountDescriptors(growth: growth))
        try await child.start()
        try await child.join()
        let more = try await growth.get()
        // Some of the last worker may not have been forgotten yet.
        #expect(more < 20)
    }

    @Test func closedItDoesWhatItHasAndTakesNoMore() async throws {
        let pool = try ProcessPool(processes: 2)
        let early = await error { try await pool.join() }
        #expect(early?.code == .stillRunning)
        let slow = try pool.mapAsync(Slow(milliseconds: 20), over: 0..<8)
        pool.close()
        let late = await error { _ = try await pool.apply(Square(), to: 1) }
        #expect(late?.code == .closed)
        try await pool.join()
        #expect(slow.isReady)
        let all = try await slow.get()
        #expect(all == Array(0..<8))
    }

    @Test func terminatedItEndsAtOnce() async throws {
        let pool = try ProcessPool(processes: 2)
        let slow = try pool.mapAsync(Slow(milliseconds: 60_000), over: 0..<8)
        _ = try await slow.wait(timeout: .milliseconds(300))
        pool.terminate()
        let failure = await error { _ = try await slow.get() }
        #expect(failure?.code == .closed)
        try await pool.join()
    }

    @Test func aPoolThatIsForgottenLeavesNoProcess() async throws {
        let workers: [Int32]
        do {
            let pool = try ProcessPool(processes: 2)
            workers = try await pool.map(WhoAmI(), over: 0..<50, chunkSize: 1)
        }
        for worker in Set(workers) {
            for _ in 0..<500 where kill(worker, 0) == 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(kill(worker, 0) != 0)
        }
    }

    @Test func aCancelledMapIsNotGoneOnWith() async throws {
        try await withPool { pool in
            let task = Task {
                try await pool.map(Slow(milliseconds: 30), over: 0..<2000, chunkSize: 5)
            }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            let failure = await error { _ = try await task.value }
            #expect(failure?.code == .cancelled)
            let one = try await pool.apply(Square(), to: 3)
            #expect(one == 9)
        }
    }

    @Test func progressGrowsToTheTotal() async throws {
        try await withPool { pool in
            let seen = Mutex<[PoolProgress]>([])
            _ = try await pool.map(Square(), over: 0..<100, chunkSize: 9) { progress in
                seen.withLock { $0.append(progress) }
            }
            let all = seen.withLock { $0 }
            #expect(all.first?.done == 0)
            #expect(all.last?.done == 100)
            #expect(all.allSatisfy { $0.total == 100 })
            #expect(all.map(\.done) == all.map(\.done).sorted())
            #expect(all.count == 13)
        }
    }

    @Test(arguments: [StartMethod.spawn, .forkserver])
    func theMainActorIsServed(_ method: StartMethod) async throws {
        try await withPool(method) { pool in
            let doubled = try await pool.map(OnMainActor(), over: 0..<10)
            #expect(doubled == (0..<10).map { 2 * $0 })
        }
    }

    @Test func whatIsLongComesThrough() async throws {
        try await withPool { pool in
            let long = [UInt8](repeating: 7, count: 20 << 20)
            let back = try await pool.map(Returned(), over: [long, [], long])
            #expect(back.map(\.count) == [20 << 20, 0, 20 << 20])
            #expect(back[0] == long)
        }
    }
}

struct Returned: PoolTask {
    func callAsFunction(_ bytes: [UInt8]) -> [UInt8] { bytes }

    @Test(arguments: StartMethod.all)
    func tasksAndTheirInputsShareWithTheirCaller(_ method: StartMethod) async throws {
        let total = try SharedValue(0)
        let log = try SimpleQueue<Int>()
        let slots = try (0..<20).map { _ in try SharedArray(repeating: 0, count: 1) }
        let counts = try await withProcessPool(
            processes: 2, context: ProcessContext(method)
        ) { pool in
            let task = SharedCount(total: total, log: log)
            let first = try await pool.map(task, over: slots + slots, chunkSize: 3)
            let second = try await pool.apply(task, to: slots[0])
            return first + [second]
        }
        #expect(counts.count == 41 && counts.last == 3)
        let sum = try await total.get()
        #expect(sum == 41)
        var sums: [Int] = []
        for slot in slots { sums.append(try await slot.get(0)) }
        #expect(sums == [3] + Array(repeating: 2, count: 19))
        for _ in 0..<41 { _ = try await log.get() }
        #expect(log.isEmpty)
    }

    @Test func nextMayLackPatience() async throws {
        try await withProcessPool(processes: 1) { pool in
            let results = pool.imap(Slow(milliseconds: 100), over: [1, 2]).makeAsyncIterator()
            var late = 0
            var numbers: [Int] = []
            while numbers.count < 2 {
                do throws(ProcessError) {
                    if let number = try await results.next(timeout: .milliseconds(5)) {
                        numbers.append(number)
                    }
                } catch {
                    #expect(error.code == .timedOut)
                    late += 1
                }
            }
            #expect(numbers == [1, 2] && late > 0)
            let end = try await results.next(timeout: .seconds(60))
            #expect(end == nil)
        }
    }

    @Test func aPoolOfNothingIsAnError() async throws {
        for (processes, tasks) in [(0, nil), (-1, nil), (1, 0)] as [(Int, Int?)] {
            let error = #expect(throws: ProcessError.self) {
                try ProcessPool(processes: processes, maxTasksPerChild: tasks)
            }
            #expect(error?.code == .invalidArgument)
        }
    }
}
