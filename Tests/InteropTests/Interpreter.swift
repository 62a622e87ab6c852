import ChildPrograms
import Foundation

/// A CPython on this machine.
struct Interpreter: CustomStringConvertible {
    let version: String
    let path: String

    var description: String { "python\(version)" }

    /// The versions a stock client is tried with: both handshakes, the first and the newest.
    static let wanted = ["3.8", "3.11", "3.12", "3.13"]

    /// The newest of the wanted versions that is here.
    static func newest() async -> Interpreter? {
        for version in wanted.reversed() {
            if let python = await find(version) { return python }
        }
        return nil
    }

    /// Looks as scripts/python.sh does, which it asks.
    static func find(_ version: String) async -> Interpreter? {
        let script = Folder.repository.appending(path: "scripts/python.sh").path
        guard let outcome = try? await ChildProgram.run([script, version], within: .seconds(30)),
            outcome.status == 0
        else { return nil }
        let path = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return Interpreter(version: version, path: path)
    }
}

/// Where the scripts and what they need are found.
enum Folder {
    static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    static let scripts = tests.appending(path: "Python")
    static let expected = tests.appending(path: "Expected")
    static let repository = tests.deletingLastPathComponent().deletingLastPathComponent()

    /// A new empty folder with a name short enough for the path of a Unix socket.
    static func temporary() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "interop-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
