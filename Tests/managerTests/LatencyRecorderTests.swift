import Histogram
import Testing

@testable import manager

@Suite struct LatencyRecorderTests {
    @Test func nothingIsLostBetweenLogs() {
        let recorder = LatencyRecorder()
        for lane in 0..<20 {
            var log = LatencyLog(recorder, lane: lane, at: 0)
            for number in 0..<101 { log.add(from: 0, to: Int64(number)) }
            log.handIn()
        }
        #expect(recorder.latencies.totalCount == 2020)
        #expect(recorder.latencies.maxRecorded == 100)
    }

    @Test func aLogThatIsOldIsHandedIn() {
        let recorder = LatencyRecorder()
        var log = LatencyLog(recorder, lane: 0, at: 0)
        log.add(from: 0, to: 1_000)
        #expect(recorder.latencies.totalCount == 0)
        log.add(from: 1_000, to: 200_000_000)
        #expect(recorder.latencies.totalCount == 2)
    }

    @Test func noLatencyIsTooLong() {
        let recorder = LatencyRecorder()
        var log = LatencyLog(recorder, lane: 0, at: 0)
        log.add(from: 0, to: 3_600_000_000_000)
        #expect(recorder.latencies.maxRecorded == 3_600_000_000_000)
    }
}
