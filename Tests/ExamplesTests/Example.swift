import ChildPrograms
import Foundation

/// An example, as a user runs it: by its `run.sh`.
struct Example {
    let name: String

    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Runs it with the products that were built with these tests.
    func run(
        with python: String, environment: [String: String] = [:]
    ) async throws -> ChildProgram.Outcome {
        let script = Self.repository.appending(path: "Examples/\(name)/run.sh").path
        let products = Bundle.main.executableURL?.resolvingSymlinksInPath()
            .deletingLastPathComponent().path
        return try await ChildProgram.run(
            // What goes wrong stands where it does.
            ["/bin/sh", "-c", "exec \"$0\" 2>&1", script], within: .seconds(600),
            environment: ["PYTHON": python, "EXAMPLES_BIN": products ?? ""]
                .merging(environment) { $1 })
    }

    /// The interpreter of that version; nil if there is none here.
    static func python(_ version: String) async -> String? {
        let script = repository.appending(path: "scripts/python.sh").path
        guard
            let outcome = try? await ChildProgram.run([script, version], within: .seconds(30)),
            outcome.status == 0
        else { return nil }
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
