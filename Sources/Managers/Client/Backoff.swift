/// When to try again what has failed: pure.
///
/// Pauses double from the first to the longest. Each is cut by chance to a half at the least, so
/// that a thousand clients of a server that comes back do not all come at once.
struct Backoff {
    static let first = Duration.milliseconds(10)
    static let longest = Duration.milliseconds(500)

    private let timeout: Duration
    private var pause = first

    /// - Parameter timeout: how long after the first attempt the last one may begin.
    init(timeout: Duration) {
        self.timeout = timeout
    }

    /// How long to wait before the next attempt; nil when there is to be none.
    ///
    /// - Parameters:
    ///   - elapsed: the time since the first attempt began.
    ///   - chance: from 0 to 1.
    mutating func next(elapsed: Duration, chance: Double) -> Duration? {
        let left = timeout - elapsed
        guard left > .zero else { return nil }
        defer { pause = min(pause * 2, Self.longest) }
        return min(left, pause / 2 + pause / 2 * chance)
    }
}
