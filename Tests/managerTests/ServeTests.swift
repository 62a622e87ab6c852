import ArgumentParser
import ChildPrograms
import Foundation
import Synchronization
import Testing

@testable import manager

@Suite(.timeLimit(.minutes(2)))
struct ServeTests {
    private func parse(_ arguments: String...) throws -> Serve {
        try Serve.parse(["--listen", "unix:@nowhere"] + arguments)
    }

    @Test func limitsAreSetByTheirNames() throws {
        let serve = try parse("--limit", "bytes=2G", "--limit", "idleTime=90s")
        #expect(serve.limit.map(\.name) == ["bytes", "idleTime"])
        #expect(serve.limit.map(\.value) == ["2G", "90s"])
    }

    @Test(arguments: [
        ["--limit", "byte=2G"], ["--limit", "bytes=lots"], ["--limit", "bytes"],
        ["--key-ring", "ring", "--authkey-file", "key"],
    ])
    func whatCannotBeMeantIsRefused(arguments: [String]) {
        #expect(throws: (any Error).self) {
            _ = try Serve.parse(["--listen", "unix:@nowhere"] + arguments)
        }
    }

    // MARK: A server with a ring

    private static let manager = Bundle.main.executableURL?.resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("manager")

    /// A folder for a ring and a socket, and the server there.
    private final class Place: Sendable {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("serve-\(UInt32.random(in: .min ... .max))")
        private let server = Mutex<ChildProgram?>(nil)

        init(_ ring: String) throws {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try write(ring)
        }

        deinit {
            try? FileManager.default.removeItem(at: folder)
        }

        var ring: String { folder.appendingPathComponent("ring").path }

        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: ring))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: ring)
        }

        func serve(_ manager: URL) throws {
            let address = "unix://" + folder.appendingPathComponent("s").path
            let program = try ChildProgram([
                manager.path, "serve", "--listen", address, "--key-ring", ring,
            ])
            server.withLock { $0 = program }
        }

        func hangUp() { server.withLock { $0?.send(SIGHUP) } }

        /// The line of the log with this text in it, once it is there.
        func line(with text: String) async -> Substring? {
            guard let server = server.withLock({ $0 }) else { return nil }
            func line() -> Substring? {
                server.errors.split(separator: "\n").first { $0.contains(text) }
            }
            _ = await server.waitUntil(.seconds(60)) { line() != nil }
            return line()
        }
    }

    /// A server whose socket is there has its handler.
    @Test func aRingIsReadAgainAtSIGHUP() async throws {
        let manager = try #require(Self.manager)
        try #require(FileManager.default.isExecutableFile(atPath: manager.path))
        let place = try Place("[a]\nkey = text:first\n")
        try place.serve(manager)
        let socket = place.folder.appendingPathComponent("s").path
        while !FileManager.default.fileExists(atPath: socket) {
            try await Task.sleep(for: .milliseconds(10))
        }
        try place.write("[a]\nkey = text:first\ncolour = red\n")
        place.hangUp()
        let complaint = await place.line(with: "keep what there was")
        #expect(complaint?.contains("\(place.ring):3: there is no setting 'colour'") == true)
        try place.write("[a]\nkey = text:second\n[b]\nkey = text:third\n")
        place.hangUp()
        let news = await place.line(with: "has been replaced")
        #expect(news?.contains("principals=2") == true)
    }
}
