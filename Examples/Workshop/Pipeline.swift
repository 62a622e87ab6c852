import Multiprocessing

/// Numbers go through stages, each some processes, with a queue before each.
struct Pipeline {
    private static let count = 500

    func run() async throws {
        let numbers = try ProcessQueue<Int?>(maxsize: 64)
        let squares = try ProcessQueue<Int?>()
        let sums = try SimpleQueue<Int>()
        let squarers = (0..<2).map { _ in ChildProcess(Squaring(from: numbers, to: squares)) }
        let adder = ChildProcess(Adding(from: squares, to: sums, senders: squarers.count))
        for child in squarers + [adder] { try await child.start() }
        for number in 1...Self.count { try await numbers.put(number) }
        // As many ends as there are processes that take.
        for _ in squarers { try await numbers.put(nil) }
        print("sum of the squares up to", Self.count, "is", try await sums.get())
        for child in squarers + [adder] { try await child.join() }
    }
}

struct Squaring: SynchronousProcessTarget {
    let from: ProcessQueue<Int?>
    let to: ProcessQueue<Int?>

    func run() throws {
        while let number = try from.blocking.get() { try to.blocking.put(number * number) }
        try to.blocking.put(nil)
    }
}

struct Adding: SynchronousProcessTarget {
    let from: ProcessQueue<Int?>
    let to: SimpleQueue<Int>
    let senders: Int

    func run() throws {
        var sum = 0
        var left = senders
        while left > 0 {
            if let number = try from.blocking.get() { sum += number } else { left -= 1 }
        }
        try to.blocking.put(sum)
    }
}
