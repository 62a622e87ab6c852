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
///
/// Started by popen: Foundation's `Process.run` reads past its list of descriptors, and crashes now
/// and then in a process that has thousands of them open.
final class PythonPeer: Sendable {
    /// Seconds after which a script that hangs ends itself.
    private static let lifetime = 120

    private let lines: AsyncStream<String>
    private let statuses: AsyncStream<Int32>

    /// - Parameter arguments: the script's `sys.argv[1:]`.
    init(_ python: Python, script: String, arguments: [String]) {
        let text = "import signal\nsignal.alarm(\(Self.lifetime))\n" + script
        let command = ([python.path, "-c", text] + arguments)
            .map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
            .reduce("exec") { $0 + " " + $1 }
        let (lines, lineWriter) = AsyncStream.makeStream(of: String.self)
        let (statuses, statusWriter) = AsyncStream.makeStream(of: Int32.self)
        (self.lines, self.statuses) = (lines, statuses)
        Thread.detachNewThread {
            let output = popen(command, "r")
            var line = [CChar](repeating: 0, count: 4096)
            while let output, fgets(&line, Int32(line.count), output) != nil {
                let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                lineWriter.yield(String(decoding: bytes, as: UTF8.self))
            }
            let status = output.map { pclose($0) } ?? -1
            statusWriter.yield(status & 0x7f == 0 ? status >> 8 & 0xff : status)
        }
    }

    /// Its exit status, once it has ended.
    var exitStatus: Int32 {
        get async {
            for await status in statuses { return status }
            return -1
        }
    }

    /// The next line of its output.
    func line() async -> String {
        for await line in lines { return line }
        return ""
    }
}
