import Histogram
import Sockets

/// What the user sees on standard error while a benchmark runs: a line that is written anew each
/// second on a terminal, a line a second elsewhere.
struct ProgressLine {
    private static let eraseLine = "\r\u{1B}[K"

    private let isTerminal: Bool
    private var calls = 0
    private var time = Duration.zero

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    /// The next line, as it is written.
    ///
    /// - Parameters:
    ///   - elapsed: since the phase began.
    ///   - latencies: of all its calls.
    mutating func next(elapsed: Duration, _ latencies: LatencyRecorder.Latencies) -> String {
        let all = Int(latencies.totalCount)
        let seconds = (elapsed - time) / .seconds(1)
        let rate = seconds > 0 ? Int(Double(all - calls) / seconds) : 0
        calls = all
        time = elapsed
        let percentiles = [("p50", 50.0), ("p99", 99.0)].map { name, percentile in
            let value = Double(latencies.valueAtPercentile(percentile)) / 1000
            return ", \(name) \(FigureText.microseconds(value))"
        }
        return written(
            "\(Int((elapsed / .seconds(1)).rounded())) s: \(FigureText.grouped(rate)) calls/s"
                + percentiles.joined())
    }

    /// A word about what is done now.
    func word(_ text: String) -> String { written("\(text)…") }

    /// What takes the line away.
    var end: String { isTerminal ? Self.eraseLine : "" }

    private func written(_ text: String) -> String {
        isTerminal ? Self.eraseLine + text : text + "\n"
    }
}
