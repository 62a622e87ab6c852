import Foundation
import Processes
import Synchronization

/// What the workers of the tests' pools do.
struct Square: PoolTask {
    func callAsFunction(_ number: Int) -> Int { number * number }
}

struct Power: BinaryPoolTask {
    func callAsFunction(_ base: Int, _ exponent: Int) -> Int {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }
}

/// A task with a store of its own, that waits without holding its thread up.
struct Slow: PoolTask {
    let milliseconds: Int

    func callAsFunction(_ number: Int) async throws -> Int {
        try await Task.sleep(for: .milliseconds(milliseconds))
        return number
    }
}

struct OddsFail: PoolTask {
    struct Odd: Error, Codable, Equatable { let number: Int }
    struct Plain: Error {}

    func callAsFunction(_ number: Int) throws -> Int {
        if number == 7 { throw Plain() }
        if number % 2 == 1 { throw Odd(number: number) }
        return number
    }
}

/// Dies by a signal over some numbers.
struct DiesOver: PoolTask {
    let fatal: Int
    /// A file that is there once it has died; then it does not do so again.
    var once: String?

    func callAsFunction(_ number: Int) -> Int {
        guard number == fatal else { return number }
        if let once {
            if FileManager.default.fileExists(atPath: once) { return number }
            _ = FileManager.default.createFile(atPath: once, contents: nil)
        }
        kill(getpid(), SIGKILL)
        return -1
    }
}

/// Ends its process in other ways.
struct Leaves: PoolTask {
    func callAsFunction(_ status: Int32) -> Int32 { exit(status) }
}

struct WhoAmI: PoolTask {
    func callAsFunction(_ input: Int) -> Int32 { getpid() }
}

struct MaybeNothing: PoolTask {
    func callAsFunction(_ number: Int) throws -> Int? {
        if number == 3 { throw OddsFail.Odd(number: 3) }
        return number % 2 == 0 ? number : nil
    }
}

struct Greeting: PoolTask {
    static let word = Mutex("nobody")

    func callAsFunction(_ input: Int) -> String { Self.word.withLock { $0 } }
}

struct SetGreeting: ProcessTarget {
    let word: String

    func run() async throws { Greeting.word.withLock { $0 = word } }
}

/// Takes a lock along, by which workers that run side by side count.
struct TakeCounter: ProcessTarget {
    static let counter = Mutex<SharedValue<Int>?>(nil)
    let value: SharedValue<Int>

    func run() async throws { Self.counter.withLock { $0 = value } }
}

struct Count: PoolTask {
    func callAsFunction(_ input: Int) async throws -> Int {
        guard let counter = TakeCounter.counter.withLock({ $0 }) else { return -1 }
        return try await counter.withLock { value in
            value += 1
            return value
        }
    }
}

/// Has a pool replace its worker forty times, and tells how many descriptors that has left.
struct CountDescriptors: ProcessTarget {
    let growth: SharedValue<Int>

    func run() async throws {
        try await withProcessPool(processes: 1, maxTasksPerChild: 1) { pool in
            _ = try await pool.map(Square(), over: 0..<3, chunkSize: 1)
            let before = try Self.count()
            _ = try await pool.map(Square(), over: 0..<40, chunkSize: 1)
            try await growth.set(try Self.count() - before)
        }
    }

    private static func count() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}

struct FailingInitializer: ProcessTarget {
    func run() async throws { throw OddsFail.Plain() }
}

struct DyingInitializer: ProcessTarget {
    func run() async throws { kill(getpid(), SIGKILL) }
}

struct OnMainActor: PoolTask {
    func callAsFunction(_ number: Int) async -> Int { await Self.doubled(number) }

    @MainActor static func doubled(_ number: Int) -> Int { 2 * number }
}

/// Counts in what it shares with its caller, and says how often a worker was locked out.
struct SharedCount: PoolTask {
    let total: SharedValue<Int>
    let log: SimpleQueue<Int>

    func callAsFunction(_ slot: SharedArray<Int>) async throws -> Int {
        try await slot.withLock { $0[0] += 1 }
        try await total.withLock { $0 += 1 }
        try await log.put(1)
        return try await slot.get(0)
    }
}
