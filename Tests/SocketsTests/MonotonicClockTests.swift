import Sockets
import Testing

@Suite struct MonotonicClockTests {
    @Test func itNeverGoesBack() {
        let first = MonotonicClock.nanoseconds
        #expect(MonotonicClock.nanoseconds >= first)
    }

    @Test func durationsAreRoundedUpAndNeverOverflow() {
        #expect(Duration.seconds(1).nanosecondsRoundedUp == 1_000_000_000)
        #expect(Duration(secondsComponent: 0, attosecondsComponent: 1).nanosecondsRoundedUp == 1)
        #expect(Duration.milliseconds(-3).nanosecondsRoundedUp == -3_000_000)
        #expect(Duration.seconds(Int64.max).nanosecondsRoundedUp == .max)
        #expect(Duration.seconds(Int64.min).nanosecondsRoundedUp == .min)
    }
}
