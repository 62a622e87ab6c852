import Foundation

/// A new directory with a short path (socket paths end at 107 bytes), removed with this value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let name = "mp-\(UInt32.random(in: .min ... .max))"
        path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: file(name))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
