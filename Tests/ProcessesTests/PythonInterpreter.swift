import Foundation
import Sockets
import Testing

/// A CPython of this machine, which runs short scripts.
struct PythonInterpreter: Sendable, CustomTestStringConvertible {
    let version: String
    let path: String

    var testDescription: String { "CPython \(version)" }

    /// Those that pyenv or the search path have, of the versions that differ in shared memory.
    static let found: [PythonInterpreter] = ["3.8", "3.9", "3.11", "3.12", "3.13"]
        .compactMap { version in
            if let path = find(version) { return PythonInterpreter(version: version, path: path) }
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

    /// Runs a script, in which trackers of CPython's do nothing: before 3.13 they unlink what was
    /// only attached.
    ///
    /// - Parameter arguments: its `sys.argv[1:]`.
    /// - Returns: what it prints.
    func run(_ script: String, _ arguments: String...) async throws -> String {
        let text = """
            import signal, sys
            signal.alarm(120)
            from multiprocessing import resource_tracker
            resource_tracker.register = resource_tracker.unregister = lambda *_: None
            from multiprocessing.shared_memory import SharedMemory, ShareableList
            \(script)
            """
        let command = ([path, "-c", text] + arguments)
            .map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
            .joined(separator: " ")
        return try await withCheckedThrowingContinuation { continuation in
            do {
                // A thread may wait for it, a task may not.
                try DedicatedThread.start(name: "python") {
                    continuation.resume(returning: Self.output(of: command))
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private static func output(of command: String) -> String {
        let output = popen(command, "r")
        var text: [UInt8] = []
        var line = [CChar](repeating: 0, count: 4096)
        while let output, fgets(&line, Int32(line.count), output) != nil {
            text += line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        }
        if let output { pclose(output) }
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}
