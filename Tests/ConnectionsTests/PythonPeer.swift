import Foundation
import Testing

/// A CPython of this machine.
struct Python: Sendable, CustomTestStringConvertible {
    let version: String
    let path: String

    var testDescription: String { "CPython \(version)" }

    /// The versions whose handshakes and frames we must understand.
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
}

/// A script that runs in a process of its own.
final class PythonPeer: Sendable {
    private let process: Process
    private let output = Pipe()
    private let status: Task<Int32, Never>

    /// - Parameter arguments: the script's `sys.argv[1:]`.
    init(_ python: Python, script: String, arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python.path)
        process.arguments = ["-c", script] + arguments
        process.standardOutput = output
        let (statuses, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { continuation.yield($0.terminationStatus) }
        status = Task {
            for await status in statuses { return status }
            return -1
        }
        self.process = process
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Its exit status, once it has ended.
    var exitStatus: Int32 {
        get async { await status.value }
    }

    /// The next line of its output, without the newline.
    func line() async throws -> String {
        let handle = output.fileHandleForReading
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var bytes = Data()
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty, byte != Data([10]) {
                    bytes += byte
                }
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
