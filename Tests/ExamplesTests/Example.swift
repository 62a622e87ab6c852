import Foundation

/// An example, as a user runs it: by its `run.sh`.
struct Example {
    let name: String

    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The example's output, errors included, and how it ended.
    struct Outcome {
        let status: Int32
        let output: String

        var lines: [Substring] { output.split(separator: "\n") }
    }

    /// Runs it with the products that were built with these tests.
    func run(
        with python: String, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let script = Self.repository.appending(path: "Examples/\(name)/run.sh").path
        let products = Bundle.main.executableURL?.resolvingSymlinksInPath()
            .deletingLastPathComponent().path
        return try await Self.run(
            script, [],
            environment: ["PYTHON": python, "EXAMPLES_BIN": products ?? ""]
                .merging(environment) { $1 })
    }

    /// The interpreter of that version; nil if there is none here.
    static func python(_ version: String) async -> String? {
        let script = repository.appending(path: "scripts/python.sh").path
        guard let outcome = try? await run(script, [version], environment: [:]),
            outcome.status == 0
        else { return nil }
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func run(
        _ path: String, _ arguments: [String], environment: [String: String]
    ) async throws -> Outcome {
        // A file and not a pipe, which who outlives the script would keep open.
        let file = FileManager.default.temporaryDirectory
            .appending(path: "example-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let handle = try FileHandle(forWritingTo: file)
        process.standardOutput = handle
        process.standardError = handle
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try withoutBlockedSignals { try process.run() }
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        return Outcome(status: status, output: try String(contentsOf: file, encoding: .utf8))
    }

    /// Threads of the pool block most signals, and a child inherits that: it would be deaf to
    /// SIGTERM.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }
}
