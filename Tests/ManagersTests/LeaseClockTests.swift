import Testing

@testable import Managers

@Suite struct LeaseClockTests {
    private let start = ContinuousClock.now

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func itIsRenewedThreeTimesInItsTime() {
        var clock = LeaseClock(.seconds(30), asked: start)
        #expect(clock.next == at(10))
        #expect(clock.end == at(30))
        clock.renewed(asked: at(11))
        #expect(clock.next == at(21))
        #expect(clock.end == at(41))
    }

    @Test func whereTheServerIsAwayItIsTriedUntilTheEnd() {
        var clock = LeaseClock(.seconds(20), asked: start)
        clock.failed(at: at(7))
        #expect(clock.next == at(8))
        #expect(clock.end == at(20))
        clock.failed(at: at(19.5))
        #expect(clock.next == at(20))
        #expect(!clock.isOver(at: at(19.9)))
        #expect(clock.isOver(at: at(20)))
    }
}
