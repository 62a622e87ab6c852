import Processes
import Testing

/// `SharedValue`, `SharedArray`, and their raw forms.
@Suite(.timeLimit(.minutes(10)))
struct SharedValueTests {
    struct Pair: BitwiseCopyable, Equatable {
        var number: Int32
        var fraction: Double
    }

    /// Adds ones to a value and to an element.
    struct Adding: ProcessTarget {
        let value: SharedValue<Int>
        let array: SharedArray<Int32>
        let times: Int

        func run() async throws {
            for _ in 0..<times {
                try await value.withLock { $0 += 1 }
                try await array.withLock { $0[1] += 1 }
            }
        }
    }

    @Test func whatOneSetsAnotherGets() async throws {
        let value = try SharedValue(Pair(number: 1, fraction: 0.5))
        let there = try travelled(value)
        try await there.withLock { $0.number = 7 }
        #expect(try await value.value == Pair(number: 7, fraction: 0.5))
        try await value.set(Pair(number: 2, fraction: 1))
        #expect(there.blocking.value.fraction == 1)
        there.raw.value.number = 3
        #expect(try await value.get().number == 3)
    }

    @Test func processesAddUp() async throws {
        let value = try SharedValue(0)
        let array = try SharedArray<Int32>([5, 0, 5])
        let adding = Adding(value: value, array: array, times: 500)
        let children = (0..<3).map { _ in ChildProcess(adding) }
        for child in children { try await child.start() }
        try await adding.run()
        for child in children { try await child.join() }
        #expect(try await value.value == 2000)
        #expect(try await array.elements() == [5, 2000, 5])
    }

    @Test func aLockMayBeSharedByValues() async throws {
        let lock = try RLock()
        let (one, other) = (try SharedValue(1, lock: lock), try SharedValue(2, lock: lock))
        let there = try travelled(one)
        try await lock.withLock {
            // The task has it already.
            let sum = try await there.get() + other.get()
            #expect(sum == 3)
            let isFree = await Task.detached { there.lock.tryAcquire() }.value
            #expect(!isFree)
        }
    }

    @Test func anArrayIsReadAndWrittenAsPythonDoes() async throws {
        let array = try SharedArray(0..<10)
        let there = try travelled(array)
        #expect(try await there[3] == 3)
        #expect(try await there.get(-1) == 9)
        try await there.set(70, at: -3)
        #expect(try await array.elements() == [0, 1, 2, 3, 4, 5, 6, 70, 8, 9])
        for index in [10, -11, Int.max, Int.min] {
            await #expect { _ = try await array.get(index) } throws: {
                ($0 as? ProcessError)?.code == .outOfRange
            }
        }
    }

    @Test func spansReachAllElements() throws {
        let array = try RawSharedArray(repeating: 1.5, count: 1000)
        let there = try travelled(array)
        there.withMutableSpan { span in
            for index in span.indices { span[index] *= 2 }
        }
        let sum = array.withSpan { span in span.indices.reduce(0) { $0 + span[$1] } }
        #expect(sum == 3000)
        array[0] = 7
        #expect(there[0] == 7 && there.elements.count == 1000)
    }

    @Test func anArrayMayBeEmptyButNotLess() throws {
        #expect(try travelled(try SharedArray<Int>([])).count == 0)
        for count in [-1, Int.max, Int.max / 8] {
            #expect(throws: ProcessError.self) {
                try RawSharedArray(repeating: 0, count: count)
            }
        }
    }

    @Test func aDecodedArrayFitsItsBlock() throws {
        // A value's block under an array's count.
        struct Claim: Codable {
            struct Cell: Codable {
                var block = 0
                var count = 1000
            }
            var cell = Cell()
        }
        let value = try SharedValue(1)
        #expect(throws: DecodingError.self) {
            try travelled(value, as: RawSharedArray<Int>.self, Claim())
        }
    }
}
