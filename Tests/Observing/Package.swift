// swift-tools-version: 6.2
import PackageDescription

// The house with its traits on, as somebody has it who watches programs by swift-metrics and
// swift-distributed-tracing. A package of its own, for a package has its traits on or off.
let package = Package(
    name: "Observing",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-multiprocessing", path: "../..", traits: ["Metrics", "Tracing"]),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        .testTarget(
            name: "ObservingTests",
            dependencies: [
                .product(name: "Multiprocessing", package: "swift-multiprocessing"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ],
            path: "ObservingTests",
            swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    ]
)
