/// How a process ended.
package enum ProcessEnd: Hashable, Sendable, CustomStringConvertible {
    /// It ended itself with this status; 0 is well.
    case exited(Int32)
    /// This signal ended it.
    case signalled(Int32)
    /// Somebody else in this program took leave of it (`wait(2)`), and knows.
    case unknown

    /// `exit status 1`, `signal 9`
    package var description: String {
        switch self {
        case .exited(let status): "exit status \(status)"
        case .signalled(let signal): "signal \(signal)"
        case .unknown: "an unknown status"
        }
    }
}
