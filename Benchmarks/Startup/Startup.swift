import Multiprocessing

/// How long `Manager.start()` takes until the server is bound, its process ready and this one
/// connected to it, and how long `shutdown()` until the process has ended.
///
///     Startup [how often]
@main
struct Startup {
    static func main() async throws {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 200
        var starts: [Duration] = []
        var stops: [Duration] = []
        let clock = ContinuousClock()
        for _ in 0..<max(1, count) {
            let begin = clock.now
            let manager = try await Manager.start()
            let ready = clock.now
            try await manager.shutdown()
            starts.append(ready - begin)
            stops.append(clock.now - ready)
        }
        print("start:    \(summary(starts))")
        print("shutdown: \(summary(stops))")
    }

    private static func summary(_ times: [Duration]) -> String {
        let sorted = times.sorted()
        let places = [("least", 0), ("median", sorted.count / 2), ("p99", sorted.count * 99 / 100)]
        return places.map { name, place in
            let micros = sorted[place].components.attoseconds / 1_000_000_000_000
            return "\(name) \(Double(micros) / 1000) ms"
        }.joined(separator: ", ")
    }
}
