// swift-tools-version: 6.2
import PackageDescription

// The layer table: a target may import only what stands in its `dependencies` here.
// TidyTests compares the sources with it.  docs/ARCHITECTURE.md draws it.

let testSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]
let settings = testSettings + [.strictMemorySafety()]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let life = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

/// A program starts in half the time, and needs no Swift where it runs.
let staticLinking: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections"],
        .when(platforms: [.linux], configuration: .release))
]

// Only with the traits of their names.
let metrics = Target.Dependency.product(
    name: "Metrics", package: "swift-metrics", condition: .when(traits: ["Metrics"]))
let tracing = Target.Dependency.product(
    name: "Tracing", package: "swift-distributed-tracing", condition: .when(traits: ["Tracing"]))

let package = Package(
    name: "swift-multiprocessing",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Multiprocessing", targets: ["Multiprocessing"]),
        .library(name: "MultiprocessingLifecycle", targets: ["MultiprocessingLifecycle"]),
        .executable(name: "manager", targets: ["manager"]),
        .executable(name: "soak-client", targets: ["SoakClient"]),
        .executable(name: "word-index", targets: ["WordIndex"]),
        // For the package in Benchmarks, and nobody else.
        .library(name: "_HotPaths", targets: ["HotPaths"]),
    ],
    traits: [
        .trait(
            name: "Metrics", description: "Managers and their servers report to swift-metrics."),
        .trait(name: "Tracing", description: "Calls are spans of swift-distributed-tracing."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        // For the command's `bench` only.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        // For MultiprocessingLifecycle only: fetched by all, built for who uses that.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C
        .target(name: "CMultiprocessing"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        // The floor
        .target(name: "Pickle", dependencies: [bigInt], swiftSettings: settings),
        .target(name: "Sockets", dependencies: ["CMultiprocessing"], swiftSettings: settings),
        .target(name: "OpenSSL", dependencies: ["COpenSSL"], swiftSettings: settings),

        // The middle
        .target(
            name: "Connections", dependencies: ["Pickle", "Sockets", "OpenSSL"],
            swiftSettings: settings),
        .target(
            name: "Processes",
            dependencies: ["CMultiprocessing", "Pickle", "Sockets", "Connections", log],
            swiftSettings: settings),
        .target(name: "HostedObjects", dependencies: ["Pickle", deque], swiftSettings: settings),

        // The house
        .target(
            name: "Managers",
            dependencies: [
                "Pickle", "Sockets", "OpenSSL", "Connections", "HostedObjects", deque, log, metrics,
                tracing,
            ],
            swiftSettings: settings),
        .target(
            name: "Multiprocessing",
            dependencies: [
                "Pickle", "Sockets", "Connections", "HostedObjects", "Managers", "Processes",
            ],
            swiftSettings: settings),
        .target(
            name: "MultiprocessingLifecycle", dependencies: ["Managers", life],
            swiftSettings: settings),

        // The command and the examples
        .executableTarget(
            name: "manager",
            dependencies: [
                "Managers", "Connections", "Sockets", "OpenSSL", "Pickle", log, arguments,
                histogram,
            ],
            swiftSettings: settings,
            linkerSettings: staticLinking),
        .executableTarget(
            name: "WordIndex", dependencies: ["Multiprocessing", arguments],
            path: "Examples/WordIndex", exclude: ["README.md", "worker.py"],
            swiftSettings: settings),
        .executableTarget(
            name: "SwiftType", dependencies: ["Multiprocessing"],
            path: "Examples/SwiftType", exclude: ["README.md", "run.sh", "client.py"],
            swiftSettings: settings),
        .executableTarget(
            name: "PythonType", dependencies: ["Multiprocessing"],
            path: "Examples/PythonType", exclude: ["README.md", "run.sh", "server.py"],
            swiftSettings: settings),
        .executableTarget(
            name: "RemoteQueue", dependencies: ["Multiprocessing"],
            path: "Examples/RemoteQueue",
            exclude: ["README.md", "run.sh", "client.py", "worker.py"],
            swiftSettings: settings),
        .executableTarget(
            name: "NestedState", dependencies: ["Multiprocessing"],
            path: "Examples/NestedState", exclude: ["README.md", "run.sh", "house.py"],
            swiftSettings: settings),
        .executableTarget(
            name: "Leader", dependencies: ["Multiprocessing"],
            path: "Examples/Leader", exclude: ["README.md", "run.sh", "candidate.py"],
            swiftSettings: settings),

        .executableTarget(
            name: "Tour", dependencies: ["Multiprocessing", arguments],
            path: "Examples/Tour", exclude: ["README.md", "run.sh"], swiftSettings: settings),
        .executableTarget(
            name: "Workshop", dependencies: ["Multiprocessing", arguments],
            path: "Examples/Workshop", exclude: ["README.md", "run.sh"], swiftSettings: settings),

        // What Benchmarks measures, here because it sees what is `package`
        .target(
            name: "HotPaths", dependencies: ["Pickle", "Connections", "HostedObjects"],
            path: "Benchmarks/HotPaths", swiftSettings: settings),

        // What scripts/bench.sh measures of processes, beside CPython
        .executableTarget(
            name: "LocalHalf", dependencies: ["Processes", "Connections"],
            path: "Benchmarks/LocalHalf", swiftSettings: settings, linkerSettings: staticLinking),

        // Fuzzing: scripts/fuzz.sh builds it with libFuzzer
        .target(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "Pickle", "Sockets", "Connections", "HostedObjects", "Processes", "CLibFuzzer",
                bigInt,
            ], path: "Fuzz/Targets", swiftSettings: settings),

        // Half of the clients of scripts/soak.sh; the others are stock Pythons
        .executableTarget(
            name: "SoakClient", dependencies: ["Multiprocessing", arguments], path: "Soak/Client",
            swiftSettings: settings),

        // Programs that tests start
        .target(
            name: "ChildPrograms", path: "Tests/ChildPrograms", swiftSettings: testSettings),
        // Tests mirror sources
        .testTarget(
            name: "PickleTests", dependencies: ["Pickle", "ChildPrograms", bigInt],
            resources: [.copy("Golden")],
            swiftSettings: testSettings),
        .testTarget(name: "SocketsTests", dependencies: ["Sockets"], swiftSettings: testSettings),
        .testTarget(name: "OpenSSLTests", dependencies: ["OpenSSL"], swiftSettings: testSettings),
        .testTarget(
            name: "ConnectionsTests",
            dependencies: ["Connections", "Sockets", "OpenSSL", "Pickle", "ChildPrograms"],
            swiftSettings: testSettings),
        .testTarget(
            name: "ProcessesTests",
            dependencies: [
                "Processes", "Connections", "Sockets", "Pickle", "ChildPrograms", log,
            ], swiftSettings: testSettings),
        .testTarget(
            name: "HostedObjectsTests", dependencies: ["HostedObjects", "Pickle"],
            swiftSettings: testSettings),
        .testTarget(
            name: "ManagersTests",
            dependencies: [
                "Managers", "Connections", "HostedObjects", "Pickle", "Sockets", "OpenSSL",
                "ChildPrograms", log,
            ], swiftSettings: testSettings),
        .testTarget(
            name: "MultiprocessingTests",
            dependencies: [
                "Multiprocessing", "Managers", "Connections", "Sockets", "Processes",
                "ChildPrograms",
            ], swiftSettings: testSettings),
        .testTarget(
            name: "MultiprocessingLifecycleTests",
            dependencies: ["MultiprocessingLifecycle", "Multiprocessing", life, log],
            swiftSettings: testSettings),
        .testTarget(
            name: "InteropTests", dependencies: ["Multiprocessing", "manager", "ChildPrograms"],
            exclude: ["Python", "Expected"], swiftSettings: testSettings),
        .testTarget(
            name: "HotPathsTests", dependencies: ["HotPaths"], swiftSettings: testSettings),
        .testTarget(
            name: "managerTests",
            dependencies: [
                "manager", "Connections", "Sockets", "ChildPrograms", histogram, arguments, log,
            ], swiftSettings: testSettings),
        .testTarget(
            name: "WordIndexTests", dependencies: ["WordIndex", "ChildPrograms"],
            swiftSettings: testSettings),
        .testTarget(
            name: "ExamplesTests",
            dependencies: [
                "SwiftType", "PythonType", "RemoteQueue", "NestedState", "Leader", "Tour",
                "Workshop", "manager", "ChildPrograms",
            ], swiftSettings: testSettings),
        .testTarget(name: "FuzzTests", dependencies: ["Fuzz"], swiftSettings: testSettings),
        .testTarget(name: "TidyTests", swiftSettings: testSettings),
    ]
)
