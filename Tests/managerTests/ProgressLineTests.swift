import Testing

@testable import manager

@Suite struct ProgressLineTests {
    private func latencies(_ count: Int) -> LatencyRecorder.Latencies {
        let recorder = LatencyRecorder()
        var log = LatencyLog(recorder, lane: 0, at: 0)
        for _ in 0..<count { log.add(from: 0, to: 20_000) }
        log.handIn()
        return recorder.latencies
    }

    @Test func theRateIsThatOfTheTimeSinceTheLastLine() {
        var line = ProgressLine(isTerminal: false)
        let first = line.next(elapsed: .seconds(1), latencies(1000))
        #expect(first == "1 s: 1,000 calls/s, p50 20.0 µs, p99 20.0 µs\n")
        let second = line.next(elapsed: .seconds(2), latencies(3000))
        #expect(second.hasPrefix("2 s: 2,000 calls/s"))
        #expect(line.next(elapsed: .seconds(2), latencies(3000)).hasPrefix("2 s: 0 calls/s"))
    }

    @Test func onATerminalTheLineIsWrittenAnew() {
        var line = ProgressLine(isTerminal: true)
        let text = line.next(elapsed: .seconds(1), latencies(1))
        #expect(text.hasPrefix("\r\u{1B}[K1 s") && !text.hasSuffix("\n"))
        #expect(line.word("warming up") == "\r\u{1B}[Kwarming up…")
        #expect(line.end == "\r\u{1B}[K")
    }

    @Test func elsewhereNothingIsTakenAway() {
        let line = ProgressLine(isTerminal: false)
        #expect(line.word("warming up") == "warming up…\n")
        #expect(line.end == "")
    }
}
