import Testing

@testable import Managers

struct BackoffTests {
    @Test func pausesDoubleToTheLongest() {
        var backoff = Backoff(timeout: .seconds(100))
        let pauses = (0..<8).map { _ in backoff.next(elapsed: .zero, chance: 1) }
        let expected: [Duration] = [10, 20, 40, 80, 160, 320, 500, 500].map { .milliseconds($0) }
        #expect(pauses == expected)
    }

    @Test func chanceCutsAPauseToAHalfAtTheLeast() {
        var backoff = Backoff(timeout: .seconds(100))
        #expect(backoff.next(elapsed: .zero, chance: 0) == Backoff.first / 2)
        #expect(backoff.next(elapsed: .zero, chance: 0.5) == Backoff.first * 3 / 2)
    }

    @Test func noPauseOutlastsTheTime() {
        var backoff = Backoff(timeout: .milliseconds(12))
        #expect(backoff.next(elapsed: .milliseconds(9), chance: 1) == .milliseconds(3))
        #expect(backoff.next(elapsed: .milliseconds(12), chance: 1) == nil)
    }

    @Test func noTimeIsNoSecondAttempt() {
        var backoff = Backoff(timeout: .zero)
        #expect(backoff.next(elapsed: .zero, chance: 1) == nil)
    }
}
