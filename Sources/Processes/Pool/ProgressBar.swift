internal import CMultiprocessing
internal import Sockets
internal import Synchronization

/// A line on standard error that shows how far a pool has come.
///
/// ```swift
/// let bar = ProgressBar("thumbnails")
/// let sizes = try await pool.map(Thumbnail(), over: files, progress: bar.show)
/// ```
/// ```text
/// thumbnails  [###############               ]   50%  512/1024  93.1/s  0:06
/// ```
///
/// On a terminal the line is written over, at most ten times a second; elsewhere there is just the
/// last one.
public final class ProgressBar: Sendable {
    /// How wide the bar itself is, in characters.
    static let width = 30
    /// How often the line is written, in nanoseconds.
    private static let pause: Int64 = 100_000_000

    private let title: String
    private let isTerminal: Bool
    private let start = MonotonicClock.nanoseconds
    private let last = Mutex<Int64>(.min)

    /// Makes one that begins now.
    ///
    /// - Parameter title: what stands in front.
    public convenience init(_ title: String = "") {
        self.init(title, isTerminal: mp_is_terminal(2) == 1)
    }

    private init(_ title: String, isTerminal: Bool) {
        self.title = title
        self.isTerminal = isTerminal
    }

    /// Shows how far it has come: what a pool's `progress` takes.
    @Sendable
    public func show(_ progress: PoolProgress) {
        let isOver = progress.done == progress.total
        let now = MonotonicClock.nanoseconds
        let isDue = last.withLock { last in
            guard isOver || (isTerminal && (last == .min || now - last >= Self.pause)) else {
                return false
            }
            last = now
            return true
        }
        guard isDue else { return }
        let line = Self.line(title, progress, nanoseconds: now - start)
        HostProcess.printError(
            isTerminal ? "\r\(line)\u{1B}[K" + (isOver ? "\n" : "") : line + "\n")
    }

    /// The line, after so many nanoseconds.
    static func line(_ title: String, _ progress: PoolProgress, nanoseconds: Int64) -> String {
        let seconds = Double(max(1, nanoseconds)) / 1e9
        let rate = Double(progress.done) / seconds
        var parts = title.isEmpty ? [] : [title]
        guard let total = progress.total else {
            return (parts + ["\(progress.done)", "\(rounded(rate))/s", clock(seconds)])
                .joined(separator: "  ")
        }
        let share = total == 0 ? 1 : Double(progress.done) / Double(total)
        let filled = Int(share * Double(width))
        parts.append(
            "[" + String(repeating: "#", count: filled)
                + String(repeating: " ", count: width - filled) + "]")
        let percent = "\(Int(share * 100))%"
        parts.append(String(repeating: " ", count: 4 - percent.count) + percent)
        parts += ["\(progress.done)/\(total)", "\(rounded(rate))/s"]
        // How long it takes still; at the end, how long it has taken.
        let left = Double(total - progress.done) / max(rate, 1e-9)
        if progress.done > 0 { parts.append(clock(progress.done == total ? seconds : left)) }
        return parts.joined(separator: "  ")
    }

    private static func rounded(_ rate: Double) -> Double {
        (rate * 10).rounded() / 10
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded(.up))
        let rest = whole % 60
        let minutes = "\(whole / 60 % 60):\(rest < 10 ? "0" : "")\(rest)"
        guard whole >= 3600 else { return minutes }
        return "\(whole / 3600):\(whole / 60 % 60 < 10 ? "0" : "")\(minutes)"
    }
}
