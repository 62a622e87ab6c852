import Multiprocessing
import Testing

/// What the articles about processes and their memory show, as `ArticleTests` for the others.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProcessArticleTests {
    // MARK: Processes and start methods

    @Test func aChildGreets() async throws {
        let child = ChildProcess(Greet(name: "bob"))
        try await child.start()
        try await child.join()
        print(try child.exitCode ?? -1)

        #expect(try child.exitCode == 0)
    }

    @Test func childrenOfEachMethodCount() async throws {
        let total = try SharedValue(0)
        let children = StartMethod.all.map { ProcessContext($0).process(Tally(total: total)) }
        for child in children { try await child.start() }
        for child in children { try await child.join() }
        print(try await total.value)

        #expect(try await total.value == 3)
    }

    @Test func aPipeGoesBothWays() async throws {
        let (mine, yours) = try Connection.pipe()
        let child = ChildProcess(Ponger(connection: yours))
        try await child.start()
        yours.close()
        try await mine.send(1)
        let ready = try await Connection.wait(for: [mine, child] as [any Waitable])
        print(ready.count, try await mine.receive(Int.self))
        mine.close()
        try await child.join()

        #expect(try child.exitCode == 0)
    }

    @Test func queuesLeadToAChildAndBack() async throws {
        let (numbers, doubled) = (try ProcessQueue<Int>(), try ProcessQueue<Int>())
        let child = ChildProcess(Doubler(numbers: numbers, doubled: doubled), daemon: true)
        try await child.start()
        for number in 1...3 { try await numbers.put(number) }
        for _ in 1...3 { print(try await doubled.get(timeout: .seconds(60))) }
        try child.terminate()
        try await child.join()

        #expect(doubled.isEmpty)
    }

    @Test func aPoolSquares() async throws {
        let bar = ProgressBar("squares")
        try await withProcessPool(processes: 2) { pool in
            let squares = try await pool.map(Square(), over: 0..<1000, progress: bar.show)
            print(squares.count)
            for try await square in pool.imap(Square(), over: 0..<10) { print(square) }
        }
    }

    // MARK: Sharing memory

    @Test func valuesAreTheSameInAChild() async throws {
        let count = try Count(total: SharedValue(0), counts: SharedArray(repeating: 0, count: 10))
        let child = ChildProcess(count)
        try await child.start()
        try await count.run()
        try await child.join()
        print(try await count.total.value, try await count.counts.elements())

        #expect(try await count.total.value == 2)
        #expect(try await count.counts.elements() == Array(repeating: 2, count: 10))
    }

    @Test func rawMemoryIsRead() throws {
        let samples = try RawSharedArray(repeating: 0.5, count: 1_000_000)
        samples[0] = 1
        let sum = samples.withSpan { span in span.indices.reduce(0) { $0 + span[$1] } }
        print(sum)

        #expect(sum == 500_000.5)
    }

    @Test func aLockTellsOfItsOwner() async throws {
        let lock = try Lock()
        try await lock.withLock {
            if lock.ownerDied { print("what it protects may be half done") }
        }
    }

    @Test func aBlockHasAName() async throws {
        let memory = try await SharedMemory(create: true, size: 10)
        try memory.write([22, 33, 44, 55], at: 0)
        let other = try await SharedMemory(name: memory.name)
        print(try other.read(0..<4))
        other.close()
        memory.close()
        try memory.unlink()
    }

    @Test func aListHasAName() async throws {
        let list = try await ShareableList(["howdy", -273.154, 100, nil, true])
        try list.set("dry ice", at: 0)
        print(try list.items)
        list.memory.close()
        try list.memory.unlink()
    }
}
