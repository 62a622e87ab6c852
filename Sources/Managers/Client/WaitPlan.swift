/// How a call that may wait is cut into requests: pure.
///
/// A server that sees when a client gives up is asked once, for the whole time. Any other is asked
/// for a slice at a time, so that a client that gives up loses nothing and leaves no thread waiting
/// there.
struct WaitPlan {
    /// What to do next.
    enum Step: Equatable {
        /// Ask the server to wait so many seconds; nil for as long as it takes.
        case ask(seconds: Double?)
        /// The time is over.
        case timeIsOver
    }

    /// The longest wait that CPython's locks take, 292 years, rounded down.
    private static let longest = Duration.seconds(9_000_000_000)

    private let timeout: Duration?
    private let slice: Duration?
    private var hasAsked = false

    /// The whole time in seconds, for a server that is asked once.
    static func seconds(_ timeout: Duration?) -> Double? {
        timeout.map { max(min($0, longest), .zero).inSeconds }
    }

    /// - Parameters:
    ///   - timeout: how long to wait in all; nil for as long as it takes.
    ///   - slice: how long a single request may wait; nil for as long as it takes.
    init(timeout: Duration?, slice: Duration?) {
        self.timeout = timeout.map { min($0, Self.longest) }
        self.slice = slice
    }

    /// What to do after so much time, and after the last request, if any, came to nothing.
    mutating func next(elapsed: Duration) -> Step {
        defer { hasAsked = true }
        guard let timeout else { return .ask(seconds: slice?.inSeconds) }
        let rest = max(timeout - elapsed, .zero)
        if hasAsked, rest == .zero || slice == nil { return .timeIsOver }
        return .ask(seconds: min(rest, slice ?? rest).inSeconds)
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
