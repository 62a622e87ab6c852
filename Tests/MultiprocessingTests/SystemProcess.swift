import Foundation
import Multiprocessing

/// A process of this machine, by its number.
struct SystemProcess {
    let number: Int32

    /// Whether it runs. An orphan may stay a zombie where the first process of a container takes
    /// leave of nobody.
    var isRunning: Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
        else { return false }
        return !(status.split(separator: ")").last ?? "").hasPrefix(" Z")
    }

    /// Whether the system knows it, be it as a zombie.
    var exists: Bool { kill(number, 0) == 0 }

    func send(_ signal: Int32) { kill(number, signal) }

    func waitUntilGone() async throws {
        while isRunning { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// A new directory with a short path, removed with this value.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("mp-\(UInt32.random(in: .min ... .max))").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// The code of the error that `body` throws.
func code(_ body: () async throws -> Void) async -> ManagerError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? ManagerError)?.code
    }
}

/// Waits until something is so.
func eventually(_ isSo: () async throws -> Bool) async throws {
    while try await !isSo() { try await Task.sleep(for: .milliseconds(5)) }
}
