import Testing

@Suite struct LayerRulesTests {
    private let manifest = Manifest(
        SourceFile(
            "Package.swift",
            """
            let log = Target.Dependency.product(name: "Logging", package: "swift-log")
            let package = Package(targets: [
                .target(name: "Floor"),
                .target(
                    name: "House", dependencies: ["Floor", log],
                    swiftSettings: settings),
                .executableTarget(name: "Tool", dependencies: ["House"], path: "Examples/Tool"),
                .target(name: "HostedObjects", dependencies: ["Floor"]),
                .testTarget(name: "HouseTests", dependencies: ["House"]),
            ])
            """))

    private func imports(_ path: String, _ text: String) -> [String] {
        LayerRules.imports(SourceFile(path, text), manifest).map(\.reason)
    }

    @Test func theManifestIsRead() {
        let targets = Dictionary(uniqueKeysWithValues: manifest.targets.map { ($0.name, $0) })
        #expect(targets["House"]?.modules == ["Floor", "Logging"])
        #expect(targets["House"]?.path == "Sources/House")
        #expect(targets["Tool"]?.path == "Examples/Tool")
        #expect(targets["HouseTests"]?.isTest == true)
        #expect(targets.count == 5)
    }

    @Test func anArrowThatGoesUpIsFound() {
        #expect(imports("Sources/Floor/A.swift", "import House") == ["Floor imports House"])
        #expect(imports("Examples/Tool/A.swift", "import struct Floor.A") == ["Tool imports Floor"])
        #expect(imports("Sources/House/A.swift", "import Glibc") == ["House imports Glibc"])
        #expect(imports("Sources/House/A.swift", "import Testing") == ["House imports Testing"])
    }

    @Test func anArrowThatGoesDownIsAllowed() {
        #expect(imports("Sources/House/A.swift", "public import Floor\nimport Logging") == [])
        #expect(imports("Tests/HouseTests/A.swift", "@testable import House\nimport Testing") == [])
        #expect(imports("Sources/House/A.swift", "// import Glibc\nimport Foundation") == [])
    }

    @Test func thePureTargetSeesNoClock() {
        let path = "Sources/HostedObjects/A.swift"
        let clock = SourceFile(path, "let now = ContinuousClock().now // Thread")
        #expect(LayerRules.impurities(clock, manifest).count == 1)
        #expect(LayerRules.impurities(SourceFile(path, "let a = 1 // Thread"), manifest) == [])
        #expect(imports(path, "import Foundation") == ["HostedObjects imports Foundation"])
    }
}
