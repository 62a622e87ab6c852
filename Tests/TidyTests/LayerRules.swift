/// Which way the arrows point.
enum LayerRules {
    /// Modules of the toolchain that any target may use.
    private static let platform: Set<String> = [
        "Swift", "Synchronization", "Foundation", "FoundationEssentials", "Testing",
    ]
    /// Modules that only a test may use.
    private static let forTests: Set<String> = ["Testing"]
    /// Targets that see no clock, no randomness and no system.
    private static let pure: Set<String> = ["HostedObjects"]
    private static let impure = [
        "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "random(in",
        "randomElement", "shuffled(", "Date(", "Task.sleep", "Thread", "Mutex",
    ]

    /// Imports that the manifest does not allow the target the file belongs to.
    static func imports(_ file: SourceFile, _ manifest: Manifest) -> [Finding] {
        guard file.language == .swift, let target = target(of: file, manifest) else { return [] }
        return file.masked.code.enumerated().compactMap { number, line in
            guard let module = imported(by: line), !isAllowed(module, in: target) else {
                return nil
            }
            return Finding(
                path: file.path, line: number + 1, reason: "\(target.name) imports \(module)")
        }
    }

    /// Words of a pure target that make its outcome depend on more than its input.
    static func impurities(_ file: SourceFile, _ manifest: Manifest) -> [Finding] {
        guard let target = target(of: file, manifest), pure.contains(target.name) else {
            return []
        }
        return file.masked.code.enumerated().compactMap { number, line in
            let code = String(decoding: line, as: UTF8.self)
            return impure.first(where: code.contains).map {
                Finding(path: file.path, line: number + 1, reason: "\(target.name) uses \($0)")
            }
        }
    }

    private static func target(of file: SourceFile, _ manifest: Manifest) -> Manifest.Target? {
        manifest.targets.filter { file.path.hasPrefix($0.path + "/") }
            .max { $0.path.count < $1.path.count }
    }

    private static func isAllowed(_ module: String, in target: Manifest.Target) -> Bool {
        if target.modules.contains(module) { return true }
        if forTests.contains(module) { return target.isTest }
        return platform.contains(module) && !pure.contains(target.name)
    }

    /// The module of `public import struct Module.Name` and simpler forms.
    private static func imported(by line: [UInt8]) -> String? {
        let words = Token.tokens(of: [line]).map(\.text)
        guard let index = words.firstIndex(of: "import") else { return nil }
        let isStatement = words[..<index].allSatisfy {
            [
                "public", "package", "internal", "private", "fileprivate", "@", "testable",
                "preconcurrency", "exported", "_exported", "_spi",
            ].contains($0)
        }
        guard isStatement else { return nil }
        let kinds: Set<String> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
        ]
        return words[(index + 1)...].first { !kinds.contains($0) }
    }
}
