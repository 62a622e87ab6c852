import Logging
import Synchronization
import Testing

@testable import manager

@Suite struct ServerLogTests {
    /// What a log's reader takes: so many lines, then none until it takes some again.
    private final class Reader: Sendable {
        private let state = Mutex((room: 0, lines: [String]()))

        init(room: Int) { state.withLock { $0.room = room } }

        func makeRoom(_ count: Int) { state.withLock { $0.room += count } }

        func take(_ bytes: [UInt8]) -> Bool {
            state.withLock { state in
                guard state.room > 0 else { return false }
                state.room -= 1
                state.lines.append(String(decoding: bytes, as: UTF8.self))
                return true
            }
        }

        /// The lines, without their times.
        var lines: [String] {
            state.withLock { state in
                state.lines.map { String($0.drop { $0 != " " }.dropFirst()) }
            }
        }
    }

    private func logger(_ reader: Reader) -> Logger {
        let output = LogOutput { reader.take($0) }
        return Logger(label: "manager") { ServerLog(label: $0, output: output) }
    }

    @Test func aLineHasItsLevelAndWhatBelongsToIt() {
        let reader = Reader(room: 10)
        var logger = logger(reader)
        logger.logLevel = .notice
        logger.info("unheard")
        logger.notice("refused a peer", metadata: ["reason": "another key", "a": "1"])
        #expect(reader.lines == ["notice manager: refused a peer a=1 reason=another key\n"])
    }

    @Test func whatIsLostIsCountedAndTold() {
        let reader = Reader(room: 1)
        let logger = logger(reader)
        for number in 0..<4 { logger.error("\(number)") }
        reader.makeRoom(1)
        logger.error("4")
        reader.makeRoom(10)
        logger.error("5")
        #expect(
            reader.lines == [
                "error manager: 0\n", "warning manager: 3 lines of the log were lost\n",
                "warning manager: 1 lines of the log were lost\n", "error manager: 5\n",
            ])
    }

    @Test func whatMovesATerminalIsNotPrinted() {
        let reader = Reader(room: 1)
        logger(reader).error("a\u{1B}[2J\r\nb\u{7F}é")
        #expect(reader.lines == ["error manager: a?[2J??b?é\n"])
    }

    @Test func aLineIsNoLongerThanAPipeTakes() {
        let reader = Reader(room: 1)
        logger(reader).error("\(String(repeating: "x", count: 10_000))")
        #expect(reader.lines.first?.utf8.count ?? 0 < ServerLog.lineLimit)
        #expect(reader.lines.first?.hasSuffix("x\n") == true)
    }
}
