import ChildPrograms
import Connections
import Foundation
import Managers
import Sockets
import Synchronization
import Testing

/// The servers and addresses on which the same test body runs.
enum TestServer: Hashable, Sendable, CustomTestStringConvertible {
    case ours(isTCP: Bool)
    case python(CPython, isTCP: Bool)
    /// The server against which CPython's own tests are kept, in the folder beside this repository.
    case reference(CPython)

    /// Ours.
    static let swift: [TestServer] = [.ours(isTCP: false), .ours(isTCP: true)]
    /// CPython's, of every version found.
    static let python: [TestServer] =
        CPython.found.enumerated().map { index, python in
            .python(python, isTCP: !index.isMultiple(of: 2))
        } + (hasReference ? CPython.found.suffix(1).map(TestServer.reference) : [])
    static let all = swift + python

    private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../InteropTests/Python")
    private static let referenceScript =
        scripts.appendingPathComponent("../../../../shared/cpython/reference_server.py").path
    /// A server of CPython's behind the command line of ours.
    static let serverScript = scripts.appendingPathComponent("reference_server.py").path
    private static let hasReference = FileManager.default.fileExists(atPath: referenceScript)

    var isOurs: Bool {
        guard case .ours = self else { return false }
        return true
    }

    var testDescription: String {
        switch self {
        case .ours(let isTCP): "our server, \(isTCP ? "TCP" : "Unix")"
        case .python(let python, let isTCP): "CPython \(python.version), \(isTCP ? "TCP" : "Unix")"
        case .reference(let python): "CPython \(python.version), the reference server"
        }
    }

    /// Runs `body` with a server that ends afterwards.
    func run(
        shared: [(name: String, typeid: String)] = [], registry: Registry = Registry(),
        limits: ServerLimits = ServerLimits(), script: String = "reference_server.py",
        _ body: (RunningServer) async throws -> Void
    ) async throws {
        await ServerPlaces.shared.enter()
        defer { ServerPlaces.shared.leave() }
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        switch self {
        case .ours(let isTCP):
            let address: SocketAddress =
                isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))
            let server = try ManagerServer(
                at: [address], authkey: key, shared: shared, registry: registry,
                limits: limits)
            try await withThrowingTaskGroup { group in
                group.addTask { try await server.run() }
                defer { server.shutdown() }
                try await body(
                    RunningServer(
                        address: server.addresses[0], key: key, directory: directory,
                        server: server))
            }
        case .python(let python, let isTCP):
            let process = try Self.process(python, script, isTCP, key, directory)
            defer { process.kill() }
            let line = try #require(try await process.line())
            let address = try SocketAddress(
                parsing: line.replacingOccurrences(of: "listening on ", with: ""))
            try await body(
                RunningServer(address: address, key: key, directory: directory, server: nil))
        case .reference(let python):
            let process = try ChildProgram(
                [
                    python.path, Self.referenceScript, "--address", directory.file("s"),
                    "--authkey",
                    "hex:" + key.bytes.map { String(format: "%02x", $0) }.joined(),
                    "--lifetime", "120",
                ])
            defer { process.kill() }
            try #require(try await process.line()?.hasPrefix("READY ") == true)
            try await body(
                RunningServer(
                    address: .unix(path: directory.file("s")), key: key, directory: directory,
                    server: nil))
        }
    }

    private static func process(
        _ python: CPython, _ name: String, _ isTCP: Bool, _ key: AuthenticationKey,
        _ directory: TemporaryDirectory
    ) throws -> ChildProgram {
        let script = Self.scripts.appendingPathComponent(name).path
        try Data(key.bytes).write(to: URL(fileURLWithPath: directory.file("key")))
        let address = isTCP ? "tcp://127.0.0.1:0" : "unix://\(directory.file("s"))"
        return try ChildProgram([
            python.path, script, "serve", "--listen", address, "--authkey-file",
            directory.file("key"), "--lifetime", "120",
        ])
    }

    /// Runs `body` with a client of a server, both of which end afterwards.
    func runClient(
        shared: [(name: String, typeid: String)] = [],
        _ body: (Manager) async throws -> Void
    ) async throws {
        try await run(shared: shared) { server in
            let manager = try await server.connect()
            try await body(manager)
            await manager.close()
        }
    }
}

/// How many servers run at once: a machine with few processors would spend its time on starting
/// Pythons.
final class ServerPlaces: Sendable {
    static let shared = ServerPlaces()
    private let state = Mutex((free: 4, waiting: [CheckedContinuation<Void, Never>]()))

    func enter() async {
        await withCheckedContinuation { continuation in
            let mayEnter = state.withLock { state in
                state.free -= 1
                if state.free < 0 { state.waiting.append(continuation) }
                return state.free >= 0
            }
            if mayEnter { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state in
            state.free += 1
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        next?.resume()
    }
}

/// A server that runs.
struct RunningServer: Sendable {
    let address: SocketAddress
    let key: AuthenticationKey
    let directory: TemporaryDirectory
    /// The server itself, if it is ours.
    let server: ManagerServer?

    func connect(_ change: (inout ClientLimits) -> Void = { _ in }) async throws -> Manager {
        var limits = ClientLimits()
        change(&limits)
        return try await Manager.connect(to: address, authkey: key, limits: limits)
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

/// The name of the exception that `body` raises in the server.
func exception(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? ManagerError)?.exception?.name
    }
}

/// Waits until something is so.
func eventually(_ isSo: () async throws -> Bool) async throws {
    while try await !isSo() { try await Task.sleep(for: .milliseconds(5)) }
}
