/// Lets one line of a kind into the log in a while, so that a flood of peers is no flood of lines:
/// pure.
struct LogGate {
    /// For how long a line keeps others of its kind out, in nanoseconds.
    static let pause: Int64 = 5_000_000_000

    private struct State {
        var opensAt: Int64
        var heldBack = 0
    }

    private var states: [String: State] = [:]

    /// - Parameter kind: what the line is about, one of few.
    /// - Returns: how many lines of that kind have been held back since the last; nil where this
    ///   one is, too.
    mutating func pass(_ kind: String, at now: Int64) -> Int? {
        guard let state = states[kind] else {
            states[kind] = State(opensAt: now + Self.pause)
            return 0
        }
        guard state.opensAt <= now else {
            states[kind]?.heldBack += 1
            return nil
        }
        states[kind] = State(opensAt: now + Self.pause)
        return state.heldBack
    }
}
