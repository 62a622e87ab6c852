import ChildPrograms
import Connections
import Foundation
import Managers
import Pickle
import Sockets
import Testing

/// What a client has of a CPython server that is killed and started again at the same address. (For
/// ours see MultiprocessingTests.)
@Suite(.timeLimit(.minutes(10)))
struct ReconnectionTests {
    /// One CPython server after the other at one address.
    private final class Place: Sendable {
        let key: AuthenticationKey
        private let python: CPython
        private let directory: TemporaryDirectory
        private let first: String

        init(_ python: CPython, isTCP: Bool) throws {
            self.python = python
            directory = try TemporaryDirectory()
            key = try AuthenticationKey.generate()
            first = isTCP ? "tcp://127.0.0.1:0" : "unix://\(directory.file("s"))"
            try Data(key.bytes).write(to: URL(fileURLWithPath: directory.file("key")))
        }

        func start(at address: SocketAddress? = nil) async throws -> (ChildProgram, SocketAddress) {
            let process = try ChildProgram([
                python.path, TestServer.serverScript, "serve", "--listen",
                address?.description ?? first, "--authkey-file", directory.file("key"),
                "--lifetime", "120",
            ])
            let line = try #require(try await process.line())
            let text = line.replacingOccurrences(of: "listening on ", with: "")
            return (process, try SocketAddress(parsing: text))
        }

        /// CPython does not listen where a socket's file is.
        func clear() { try? FileManager.default.removeItem(atPath: directory.file("s")) }
    }

    @Test(arguments: CPython.found, [false, true])
    func aServerThatCameBackIsFoundAgain(_ python: CPython, _ isTCP: Bool) async throws {
        await ServerPlaces.shared.enter()
        defer { ServerPlaces.shared.leave() }
        let place = try Place(python, isTCP: isTCP)
        let (server, address) = try await place.start()
        let manager = try await Manager.connect(to: address, authkey: place.key)
        let dict = try await manager.dict(["a": 1])
        let barrier = try await manager.barrier(2)
        async let waiting = error { _ = try await barrier.wait() }
        try await eventually { try await barrier.waitingParties == 1 }
        server.kill()
        let lost = await waiting
        #expect(lost?.code == .connectionLost && lost?.isOutcomeUnknown == true)
        place.clear()
        // Begun while nobody is there; it must not matter to a call how long that takes.
        async let made = manager.dict(["b": 2])
        let (second, _) = try await place.start(at: address)
        #expect(try await made.copy() == ["b": 2])
        let gone = await error { _ = try await dict.copy() }
        #expect(gone?.code == .objectGone)
        #expect(gone?.reason.contains("dict \(dict.token.id) is gone") == true)
        await manager.close()
        second.kill()
    }

    private func error(_ body: () async throws -> Void) async -> ManagerError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ManagerError
        }
    }
}
