import Testing

@testable import HostedObjects

@Suite struct InstantTests {
    private let now = Instant(nanoseconds: 1000)

    @Test func secondsAreRoundedUp() {
        #expect(now.advanced(seconds: 0) == now)
        #expect(now.advanced(seconds: 1e-9) == Instant(nanoseconds: 1001))
        #expect(now.advanced(seconds: 1e-12) == Instant(nanoseconds: 1001))
        #expect(now.advanced(seconds: 2.5) == Instant(nanoseconds: 2_500_001_000))
        #expect(now.advanced(seconds: -5) == now)
    }

    @Test(arguments: [1e10, 1e300, .infinity, .nan])
    func tooFarIsNever(seconds: Double) {
        #expect(now.advanced(seconds: seconds) == nil)
    }

    @Test func theEndOfTimeIsNever() {
        #expect(Instant(nanoseconds: .max).advanced(seconds: 1) == nil)
    }
}
