// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-multiprocessing", path: "..")],
    targets: [
        .executableTarget(
            name: "Startup",
            dependencies: [.product(name: "Multiprocessing", package: "swift-multiprocessing")],
            path: "Startup")
    ]
)
