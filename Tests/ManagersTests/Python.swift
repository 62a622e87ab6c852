import Foundation

/// A CPython of this machine.
struct Python: Hashable, Sendable {
    let version: String
    let path: String

    /// The versions whose servers the client must get along with.
    static let wanted = ["3.8", "3.11", "3.12", "3.13"]

    /// Those of them that pyenv or the search path have; the others are named once.
    static let found: [Python] = wanted.compactMap { version in
        if let path = find(version) { return Python(version: version, path: path) }
        print("skipped: no CPython \(version) in pyenv or on the search path")
        return nil
    }

    private static func find(_ version: String) -> String? {
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

    /// Runs a script file, or a text with `-c`, and gives what it prints.
    func run(_ arguments: [String]) async throws -> String {
        let process = PythonProcess(self, arguments)
        try process.start()
        var lines: [String] = []
        while let line = try await process.line() { lines.append(line) }
        return lines.joined(separator: "\n")
    }
}

/// A Python process, ended with this value.
final class PythonProcess: Sendable {
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()

    init(_ python: Python, _ arguments: [String]) {
        process.executableURL = URL(fileURLWithPath: python.path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardInput = input
    }

    deinit {
        stop()
    }

    func start() throws {
        try process.run()
    }

    func stop() {
        // Swift's worker threads block SIGTERM, and their children inherit that.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The next line of its output, without the newline; nil at the end.
    func line() async throws -> String? {
        let handle = output.fileHandleForReading
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var bytes = Data()
                var isEnd = true
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty {
                    isEnd = false
                    if byte == Data([10]) { break }
                    bytes += byte
                }
                continuation.resume(
                    returning: isEnd ? nil : String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
