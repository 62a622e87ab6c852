import Multiprocessing

/// Processes fill an array in shared memory, each a part of it, and add up under its lock.
struct SharedSum {
    private static let count = 100_000
    private static let processes = 4

    func run() async throws {
        let numbers = try SharedArray(repeating: 0, count: Self.count)
        let total = try SharedValue(0)
        let part = Self.count / Self.processes
        let children = (0..<Self.processes).map { place in
            ChildProcess(
                Fill(numbers: numbers, total: total, range: place * part..<(place + 1) * part))
        }
        for child in children { try await child.start() }
        for child in children { try await child.join() }
        let sum = numbers.raw.withSpan { numbers in
            var sum = 0
            for index in numbers.indices { sum += numbers[index] }
            return sum
        }
        print("sum:", sum, "by the processes:", try await total.get())
    }
}

struct Fill: SynchronousProcessTarget {
    let numbers: SharedArray<Int>
    let total: SharedValue<Int>
    let range: Range<Int>

    func run() throws {
        // Nobody else is at this part, so it needs no lock.
        numbers.raw.withMutableSpan { numbers in
            for index in range { numbers[index] = index }
        }
        try total.blocking.withLock { $0 += range.reduce(0, +) }
    }
}
