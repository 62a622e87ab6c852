/// When somebody who waits for others looks whether they still live: soon at first, then at least
/// twenty times a second.  Pure; times are those of ``MonotonicClock``.
struct Patience: Equatable, Sendable {
    private static let shortest: Int64 = 2_000_000
    private static let longest: Int64 = 50_000_000

    private let deadline: Int64
    private var slice = Self.shortest

    /// - Parameter deadline: when the wait is over.
    init(until deadline: Int64) {
        self.deadline = deadline
    }

    /// Until when to wait next; nil when the time is over.
    mutating func next(now: Int64) -> Int64? {
        guard now < deadline else { return nil }
        defer { slice = min(2 * slice, Self.longest) }
        return min(deadline, now + slice)
    }
}
