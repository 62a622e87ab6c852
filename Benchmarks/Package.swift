// swift-tools-version: 6.2
import PackageDescription

let hotPaths = Target.Dependency.product(name: "_HotPaths", package: "swift-multiprocessing")

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-multiprocessing", path: ".."),
        // Without its traits, which count allocations and references by libraries of their own:
        // `instructions.py` counts allocations too.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Startup",
            dependencies: [.product(name: "Multiprocessing", package: "swift-multiprocessing")],
            path: "Startup"),
        .executableTarget(name: "HotPathCount", dependencies: [hotPaths], path: "HotPathCount"),
        .executableTarget(
            name: "HotPathSuite",
            dependencies: [hotPaths, .product(name: "Benchmark", package: "benchmark")],
            path: "HotPathSuite",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)
