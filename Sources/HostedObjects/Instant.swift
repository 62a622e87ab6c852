/// A point in time, in nanoseconds of a monotonic clock. The core never reads a clock: it is told.
package struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since some fixed point.
    package let nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant that many seconds later; nil if that is never (over about 292 years).
    func advanced(seconds: Double) -> Instant? {
        let distance = (seconds * 1e9).rounded(.up)
        guard distance < 9.2e18 else { return nil }
        let (sum, overflow) = nanoseconds.addingReportingOverflow(UInt64(max(0, distance)))
        return overflow ? nil : Instant(nanoseconds: sum)
    }

    /// The earlier of two; nil is never.
    @inline(__always)
    static func earlier(_ first: Instant?, _ second: Instant?) -> Instant? {
        guard let first, let second else { return first ?? second }
        return min(first, second)
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}
