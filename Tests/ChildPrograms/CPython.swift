import Foundation

/// A CPython of this machine.
package struct CPython: Hashable, Sendable, CustomStringConvertible {
    /// As `3.12`.
    package let version: String
    package let path: String

    package var description: String { "CPython \(version)" }

    /// Those that tests run against: both handshakes, the first and the newest.
    package static let found = find(["3.8", "3.11", "3.12", "3.13"])

    /// Those of these versions that pyenv or the search path have; the others are named.
    package static func find(_ versions: [String]) -> [CPython] {
        versions.compactMap { version in
            if let path = path(of: version) { return CPython(version: version, path: path) }
            print("skipped: no CPython \(version) in pyenv or on the search path")
            return nil
        }
    }

    private static func path(of version: String) -> String? {
        let files = FileManager.default
        let environment = ProcessInfo.processInfo.environment
        let pyenv =
            environment["PYENV_ROOT"] ?? files.homeDirectoryForCurrentUser.path + "/.pyenv"
        let installed = (try? files.contentsOfDirectory(atPath: pyenv + "/versions")) ?? []
        let own = installed.filter { $0.hasPrefix(version + ".") }.sorted()
            .map { "\(pyenv)/versions/\($0)/bin/python3" }
        let system = (environment["PATH"] ?? "").split(separator: ":")
            .map { "\($0)/python\(version)" }
            .filter { !$0.hasPrefix(pyenv) }
        return (own + system).first { files.isExecutableFile(atPath: $0) }
    }

    /// Runs a script file, or a text with `-c`, and gives what it prints. What it complains of is
    /// printed, for who reads the log of a test that failed.
    package func run(_ arguments: [String], within limit: Duration = .seconds(300)) async throws
        -> String
    {
        let outcome = try await ChildProgram.run([path] + arguments, within: limit)
        if !outcome.errors.isEmpty { print(outcome.errors) }
        return outcome.output.trimmingCharacters(in: .newlines)
    }
}
