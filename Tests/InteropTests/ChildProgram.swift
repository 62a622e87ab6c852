import Foundation

/// A program started for a test; what it prints goes into files.
final class ChildProgram {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let process = Process()
    private let folder: URL

    var processIdentifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var output: String { text("output") }
    var errors: String { text("errors") }

    /// Starts `arguments`, the first of which is the path of the program.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        folder = try Folder.temporary()
        process.executableURL = URL(filePath: arguments.first ?? "")
        process.arguments = Array(arguments.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.create(folder.appending(path: "output"))
        process.standardError = try Self.create(folder.appending(path: "errors"))
        try Self.withoutBlockedSignals { try process.run() }
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs a program to its end, which must come within `limit`.
    static func run(
        _ arguments: [String], within limit: Duration, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let program = try ChildProgram(arguments, environment: environment)
        guard await program.waitUntil(limit, { !program.isRunning }) else {
            program.kill()
            throw Failure(
                description: "\(arguments) did not end within \(limit)\n\(program.output)"
                    + program.errors)
        }
        return Outcome(
            status: program.process.terminationStatus, output: program.output,
            errors: program.errors)
    }

    /// Asks again and again; `false` when the time is up.
    func waitUntil(_ limit: Duration, _ isSo: () -> Bool) async -> Bool {
        let end = ContinuousClock.now + limit
        while !isSo() {
            if ContinuousClock.now > end { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    /// Asks it to end.
    func terminate() {
        if process.isRunning { process.terminate() }
    }

    private func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Threads of the pool block most signals, and a child inherits that: it would be deaf to
    /// SIGTERM, and Python's forkserver to SIGCHLD.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private func text(_ name: String) -> String {
        let data = try? Data(contentsOf: folder.appending(path: name))
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    private static func create(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }
}
