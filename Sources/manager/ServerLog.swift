import Logging
import Sockets
import Synchronization

/// The log of `manager serve` on standard error: each line in one write, which is never waited for.
///
/// Strangers make a server write lines, so it must not stand still where nobody takes them: what a
/// full disk or a reader that sleeps does not take is lost, and how much that was is told with the
/// next line.
///
/// ```text
/// 2026-01-31T12:00:00+0000 notice manager: refused a peer reason=the peer has another key
/// ```
struct ServerLog: LogHandler {
    /// Most bytes of a line: so many a pipe takes whole, or not at all.
    static let lineLimit = 4096

    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.info
    private let label: String
    private let output: LogOutput

    /// - Parameter output: where lines go; standard error, but in tests.
    init(label: String, output: LogOutput = .standardError) {
        self.label = label
        self.output = output
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        output.write("\(event.level) \(label): \(event.message)\(pairs)")
    }
}

/// Where a log's lines go.
final class LogOutput: Sendable {
    static let standardError = LogOutput { HostProcess.printErrorIfReady($0) }

    private let lost = Mutex(0)
    private let take: @Sendable ([UInt8]) -> Bool

    /// - Parameter take: takes a line whole, or not at all: then false.
    init(_ take: @escaping @Sendable ([UInt8]) -> Bool) {
        self.take = take
    }

    /// Writes a line, or counts it as lost.
    func write(_ text: String) {
        lost.withLock { lost in
            if lost > 0 {
                guard take(Self.line("warning manager: \(lost) lines of the log were lost")) else {
                    lost += 1
                    return
                }
                lost = 0
            }
            if !take(Self.line(text)) { lost += 1 }
        }
    }

    /// A line, with the time before it, of at most ``ServerLog/lineLimit`` bytes. What would move a
    /// terminal's cursor is a question mark.
    private static func line(_ text: String) -> [UInt8] {
        let all = Array("\(HostProcess.timestamp) \(text)".utf8)
        let printable = all.prefix(ServerLog.lineLimit - 1).map { byte in
            byte < 0x20 || byte == 0x7F ? UInt8(ascii: "?") : byte
        }
        return printable + [UInt8(ascii: "\n")]
    }
}
