import Foundation
import Histogram
import Testing

@testable import manager

@Suite struct BenchReportTests {
    /// A hundred calls, of 1 to 100 µs.
    private func report(_ plan: BenchPlan) -> BenchReport {
        let recorder = LatencyRecorder()
        var log = LatencyLog(recorder, lane: 3, at: 0)
        for number in 1...100 { log.add(from: 0, to: Int64(number) * 1000) }
        log.handIn()
        return BenchReport(
            plan, address: "unix:///tmp/m.sock", server: "CPython", elapsed: .milliseconds(50),
            latencies: recorder.latencies)
    }

    @Test func theTextTellsEverything() {
        let plan = BenchPlan(
            operation: .get, connections: 2, tasks: 4, depth: 16, length: .calls(100))
        #expect(
            report(plan).text == """
                get at unix:///tmp/m.sock (CPython): 2 connections, 4 tasks, 16 calls under way \
                each, values of 64 bytes, 1,000 keys, door global
                calls    100 in 0.050 s: 2,000 a second
                latency  p50 50.0 µs, p90 90.0 µs, p99 99.0 µs, p99.9 100 µs, max 100 µs
                """)
    }

    @Test func whatDoesNotMatterIsNotTold() {
        let text = report(BenchPlan(operation: .null, length: .calls(100))).text
        #expect(
            text.hasPrefix(
                "null at unix:///tmp/m.sock (CPython): 1 connection, 1 task, door global\n"))
    }

    @Test func theJSONIsOneLine() throws {
        let plan = BenchPlan(operation: .queuePut, length: .calls(100))
        let json = try report(plan).json()
        #expect(!json.contains("\n"))
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["operation"] as? String == "queue-put")
        #expect(object["value_size"] as? Int == 64)
        #expect(object["rate"] as? Double == 2000)
        let latency = try #require(object["latency"] as? [String: Double])
        #expect(Set(latency.keys) == ["p50", "p90", "p99", "p99.9", "max", "mean"])
        #expect(abs((latency["p50"] ?? 0) - 50) < 0.1)
    }
}
