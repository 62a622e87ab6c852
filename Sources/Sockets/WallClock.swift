internal import CMultiprocessing

/// The clock on the wall, which may be set: for nothing but numbers that grow over restarts.
package enum WallClock {
    /// Nanoseconds since 1970 (CLOCK_REALTIME).
    package static var nanoseconds: Int64 { mp_realtime_nanoseconds() }
}
