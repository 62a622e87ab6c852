import Processes

/// The sum of an array, in shared memory and not.
enum ArrayCase {
    private static let count = 4_000_000

    /// Elements a second.
    static func sharedRate(_ time: Double) throws -> Double {
        let array = try SharedArray((0..<count).lazy.map { Double($0) })
        return try rate(time) { array.raw.withSpan { sum($0) } }
    }

    static func plainRate(_ time: Double) -> Double {
        let array = (0..<count).map { Double($0) }
        return (try? rate(time) { sum(array.span) }) ?? 0
    }

    @inline(never)
    private static func sum(_ numbers: Span<Double>) -> Double {
        var sum = 0.0
        for index in numbers.indices { sum += numbers[index] }
        return sum
    }

    private static func rate(_ time: Double, _ body: () -> Double) throws -> Double {
        let start = ContinuousClock.now
        var turns = 0
        var spent = 0.0
        repeat {
            guard body() == Double(count) * Double(count - 1) / 2 else { throw WrongOutcome() }
            turns += 1
            spent = (ContinuousClock.now - start) / .seconds(1)
        } while spent < time
        return Double(turns * count) / spent
    }
}
