import Benchmark
import HotPaths

/// The hot paths, measured by `swift package benchmark --target HotPathSuite`.
let benchmarks: @Sendable () -> Void = {
    for path in HotPath.all() {
        Benchmark(
            path.name,
            configuration: .init(
                metrics: [.instructions, .wallClock, .throughput], scalingFactor: .kilo,
                maxDuration: .seconds(1))
        ) { benchmark in
            path.run(benchmark.scaledIterations.count)
        }
    }
}
