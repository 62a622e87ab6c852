import Multiprocessing

// What the articles about processes declare: `ArticleTests` sees to it that they say the same.

struct Greet: ProcessTarget {
    var name: String

    func run() async throws { print("hello", name) }
}

struct Tally: SynchronousProcessTarget {
    let total: SharedValue<Int>

    func run() throws { try total.blocking.withLock { $0 += 1 } }
}

struct Ponger: ProcessTarget {
    let connection: Connection

    func run() async throws {
        while let number = try? await connection.receive(Int.self) {
            try await connection.send(number + 1)
        }
    }
}

struct Doubler: ProcessTarget {
    let numbers: ProcessQueue<Int>
    let doubled: ProcessQueue<Int>

    func run() async throws {
        while true { try await doubled.put(try await numbers.get() * 2) }
    }
}

struct Square: PoolTask {
    func callAsFunction(_ number: Int) -> Int { number * number }
}

struct Count: ProcessTarget {
    let total: SharedValue<Int>
    let counts: SharedArray<Int>

    func run() async throws {
        try await total.withLock { $0 += 1 }
        try await counts.withLock { counts in
            for index in counts.indices { counts[index] += 1 }
        }
    }
}
