internal import CMultiprocessing

/// The clock of deadlines: it only goes forward, and no one sets it.
package enum MonotonicClock {
    /// Nanoseconds since some moment before this process started (CLOCK_MONOTONIC).
    package static var nanoseconds: Int64 { mp_monotonic_nanoseconds() }
}

extension Duration {
    /// The duration in nanoseconds, rounded up; the largest (292 years) for what does not fit.
    package var nanosecondsRoundedUp: Int64 {
        let (seconds, attoseconds) = components
        let rest = attoseconds / 1_000_000_000 + (attoseconds % 1_000_000_000 > 0 ? 1 : 0)
        let (whole, tooLong) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(rest)
        return tooLong || overflow ? (seconds < 0 ? .min : .max) : sum
    }
}
