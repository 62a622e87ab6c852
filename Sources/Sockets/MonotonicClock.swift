internal import CMultiprocessing

/// The clock of deadlines: it only goes forward, and no one sets it.
package enum MonotonicClock {
    /// Nanoseconds since some moment before this process started (CLOCK_MONOTONIC).
    package static var nanoseconds: Int64 { mp_monotonic_nanoseconds() }

    /// The time when `timeout` will be over; never for one that does not fit.
    package static func deadline(after timeout: Duration) -> Int64 {
        nanoseconds.advanced(by: max(.zero, timeout))
    }

    /// The time when `timeout` will be over; never for none.
    package static func deadline(after timeout: Duration?) -> Int64 {
        guard let timeout else { return .max }
        return deadline(after: timeout)
    }
}

extension Int64 {
    /// A time of the monotonic clock so much later; the last there is for what does not fit.
    package func advanced(by duration: Duration) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(duration.nanosecondsRoundedUp)
        return overflow ? .max : sum
    }
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
