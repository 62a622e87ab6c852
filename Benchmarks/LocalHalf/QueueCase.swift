import Processes

/// So many processes that put, and as many that get.
struct QueueCase {
    /// What the faster ones do in a second, about.
    private static let itemsPerSecond = 800_000.0
    private static let mebibytesPerSecond = 1000.0

    let pairs: Int
    let isBlocking: Bool

    /// Numbers a second.
    func rate(_ time: Double) async throws -> Double {
        let count = Int(Self.itemsPerSecond * time) / pairs
        let queue = try ProcessQueue<Int>()
        let spent = try await spent { barrier in
            [
                Putting(queue: queue, count: count, start: barrier, isBlocking: isBlocking),
                Getting(queue: queue, count: count, start: barrier, isBlocking: isBlocking),
            ]
        }
        return Double(count * pairs) / spent
    }

    /// MiB a second, in items of one.
    func throughput(_ time: Double) async throws -> Double {
        let count = Int(Self.mebibytesPerSecond * time)
        let queue = try ProcessQueue<[UInt8]>(maxsize: 16)
        let spent = try await spent { barrier in
            [
                PuttingBlocks(queue: queue, count: count, start: barrier),
                GettingBlocks(queue: queue, count: count, start: barrier),
            ]
        }
        return Double(count) / spent
    }

    /// The time from when all have begun to when all have done.
    private func spent(_ targets: (Barrier) -> [any ProcessTarget]) async throws -> Double {
        let barrier = try Barrier(parties: 2 * pairs + 1)
        let children = (0..<pairs).flatMap { _ in targets(barrier).map { child(of: $0) } }
        for child in children { try await child.start() }
        try await barrier.wait()
        return try await seconds {
            try await barrier.wait()
            for child in children { try await child.join() }
        }
    }

    private func child(of target: some ProcessTarget) -> ChildProcess { ChildProcess(target) }
}

struct Putting: ProcessTarget {
    let queue: ProcessQueue<Int>
    let count: Int
    let start: Barrier
    let isBlocking: Bool

    func run() async throws {
        try await start.wait()
        try await start.wait()
        if isBlocking {
            for number in 0..<count { try queue.blocking.put(number) }
        } else {
            for number in 0..<count { try await queue.put(number) }
        }
    }
}

struct Getting: ProcessTarget {
    let queue: ProcessQueue<Int>
    let count: Int
    let start: Barrier
    let isBlocking: Bool

    func run() async throws {
        try await start.wait()
        try await start.wait()
        var sum = 0
        if isBlocking {
            for _ in 0..<count { sum &+= try queue.blocking.get() }
        } else {
            for _ in 0..<count { sum &+= try await queue.get() }
        }
        guard sum > 0 else { throw WrongOutcome() }
    }
}

struct PuttingBlocks: ProcessTarget {
    let queue: ProcessQueue<[UInt8]>
    let count: Int
    let start: Barrier

    func run() async throws {
        let block = [UInt8](repeating: 7, count: 1 << 20)
        try await start.wait()
        try await start.wait()
        for _ in 0..<count { try await queue.put(block) }
    }
}

struct GettingBlocks: ProcessTarget {
    let queue: ProcessQueue<[UInt8]>
    let count: Int
    let start: Barrier

    func run() async throws {
        try await start.wait()
        try await start.wait()
        for _ in 0..<count {
            guard try await queue.get().count == 1 << 20 else { throw WrongOutcome() }
        }
    }
}
