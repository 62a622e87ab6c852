import Foundation
import Histogram

/// What has been measured.
struct BenchReport: Encodable {
    /// The percentiles of latencies that are told.
    private static let percentiles = [
        ("p50", 50.0), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100),
    ]

    let address: String
    /// What serves there.
    let server: String
    let operation: BenchOperation
    let door: Door
    let connections: Int
    let tasks: Int
    let depth: Int
    let valueSize: Int
    let keys: Int
    let calls: Int
    let seconds: Double
    /// Calls a second.
    let rate: Double
    /// By percentile, in microseconds.
    let latency: [String: Double]

    /// - Parameters:
    ///   - elapsed: how long the measured phase took.
    ///   - latencies: of its calls.
    init(
        _ plan: BenchPlan, address: String, server: String, elapsed: Duration,
        latencies: LatencyRecorder.Latencies
    ) {
        self.address = address
        self.server = server
        operation = plan.operation
        door = plan.door
        connections = plan.connections
        tasks = plan.tasks
        depth = plan.depth
        valueSize = plan.valueSize
        keys = plan.operation.hasKeys ? plan.keyCount : plan.objectCount
        calls = Int(latencies.totalCount)
        seconds = elapsed / .seconds(1)
        rate = seconds > 0 ? Double(calls) / seconds : 0
        var latency = ["mean": latencies.mean / 1000]
        for (name, percentile) in Self.percentiles {
            latency[name] = Double(latencies.valueAtPercentile(percentile)) / 1000
        }
        self.latency = latency
    }

    /// For people: three lines.
    var text: String {
        let times = Self.percentiles.map { name, _ in
            "\(name) \(FigureText.microseconds(latency[name] ?? 0))"
        }
        let load = [
            FigureText.counted(connections, "connection"), FigureText.counted(tasks, "task"),
            depth == 1 ? nil : "\(depth) calls under way each",
            operation == .lock || operation == .null
                ? nil : "values of \(FigureText.counted(valueSize, "byte"))",
            keysText, "door \(door.rawValue)",
        ].compactMap { $0 }.joined(separator: ", ")
        return """
            \(operation.rawValue) at \(address) (\(server)): \(load)
            calls    \(FigureText.grouped(calls)) in \(FigureText.digits(seconds)) s: \
            \(FigureText.grouped(Int(rate))) a second
            latency  \(times.joined(separator: ", "))
            """
    }

    private var keysText: String? {
        switch operation {
        case .get, .set, .mixed: FigureText.counted(keys, "key")
        case .queuePut, .queueGet, .queue: FigureText.counted(keys, "queue")
        case .lock: FigureText.counted(keys, "lock")
        case .null: nil
        }
    }

    /// For scripts: one object on one line, the names of its fields in snake case.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
