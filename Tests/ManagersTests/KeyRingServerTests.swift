import ChildPrograms
import Connections
import Foundation
import Pickle
import Sockets
import Testing

@testable import Managers

/// A server with a key ring, and clients with keys of it.
@Suite(.timeLimit(.minutes(5)))
struct KeyRingServerTests {
    /// `worker` may make lists and use `jobs`; `reader` may read `config`; `admin` everything.
    private struct House {
        let worker: AuthenticationKey
        let newWorker: AuthenticationKey
        let reader: AuthenticationKey
        let admin: AuthenticationKey
        let directory = try? TemporaryDirectory()

        init() throws {
            worker = try .generate()
            newWorker = try .generate()
            reader = try .generate()
            admin = try .generate()
        }

        func ring(
            worker keys: [AuthenticationKey]? = nil, names: [String: KeyRing.Rights.Access]? = nil,
            hasReader: Bool = true
        ) throws -> KeyRing {
            var ring = KeyRing()
            try ring.add("admin", keys: [admin], rights: .all)
            try ring.add(
                "worker", keys: keys ?? [worker],
                rights: .init(
                    verbs: [.create], types: ["list": .make], names: names ?? ["jobs": .write]))
            if hasReader {
                try ring.add("reader", keys: [reader], rights: .init(names: ["config": .read]))
            }
            return ring
        }
    }

    private func serve(
        _ ring: KeyRing, isTCP: Bool = false, allowsMD5: Bool = true,
        limits: ServerLimits = ServerLimits(),
        _ body: (ManagerServer) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let server = try ManagerServer(
            at: [isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))],
            keyRing: ring, allowsMD5: allowsMD5,
            shared: [("jobs", "JoinableQueue"), ("config", "dict")], limits: limits)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            defer { server.shutdown() }
            try await body(server)
        }
    }

    private func connect(_ server: ManagerServer, _ key: AuthenticationKey) async throws -> Manager
    {
        var limits = ClientLimits()
        limits.reconnectTimeout = .zero
        return try await Manager.connect(to: server.addresses[0], authkey: key, limits: limits)
    }

    @Test(arguments: [false, true])
    func aClientMayDoWhatItsKeyAllows(isTCP: Bool) async throws {
        let house = try House()
        try await serve(try house.ring(), isTCP: isTCP) { server in
            let worker = try await connect(server, house.worker)
            let reader = try await connect(server, house.reader)
            let admin = try await connect(server, house.admin)
            let jobs = try await worker.joinableQueue(of: Int.self, shared: "jobs")
            try await jobs.put(1)
            #expect(try await jobs.get() == 1)
            let list = try await worker.list([1, 2])
            #expect(try await list.count == 2)
            #expect(await code { _ = try await worker.dict(Int.self, Int.self) } == .forbidden)
            #expect(await code { _ = try await worker.numberOfObjects() } == .forbidden)
            let config = try await reader.dict(String.self, Int.self, shared: "config")
            #expect(try await config.count == 0)
            #expect(await code { try await config.set(1, forKey: "a") } == .forbidden)
            #expect(await code { _ = try await reader.list([1]) } == .forbidden)
            #expect(
                await code {
                    _ = try await reader.joinableQueue(of: Int.self, shared: "jobs")
                } == .forbidden)
            #expect(try await admin.numberOfObjects() > 0)
            for manager in [worker, reader, admin] { await manager.close() }
        }
    }

    @Test func aKeyOfNobodyIsRefused() async throws {
        let house = try House()
        try await serve(try house.ring()) { server in
            let stranger = try AuthenticationKey.generate()
            #expect(
                await code { _ = try await connect(server, stranger) } == .authenticationFailed)
        }
    }

    @Test func aRingWithoutKeysLetsInNobody() async throws {
        try await serve(KeyRing()) { server in
            let stranger = try AuthenticationKey.generate()
            #expect(await code { _ = try await connect(server, stranger) } != nil)
        }
    }

    // MARK: Rotation

    @Test func twoKeysOfOnePrincipalAreGoodAtOnce() async throws {
        let house = try House()
        try await serve(try house.ring(worker: [house.worker, house.newWorker])) { server in
            for key in [house.worker, house.newWorker] {
                let worker = try await connect(server, key)
                #expect(try await worker.list([1]).count == 1)
                await worker.close()
            }
        }
    }

    @Test func aKeyThatGoesEndsWhatItHasOpened() async throws {
        let house = try House()
        try await serve(try house.ring(worker: [house.worker, house.newWorker])) { server in
            let old = try await connect(server, house.worker)
            let new = try await connect(server, house.newWorker)
            let reader = try await connect(server, house.reader)
            let config = try await reader.dict(String.self, Int.self, shared: "config")
            let oldJobs = try await old.joinableQueue(of: Int.self, shared: "jobs")
            let newJobs = try await new.joinableQueue(of: Int.self, shared: "jobs")
            server.replace(keyRing: try house.ring(worker: [house.newWorker]))
            try await eventually {
                await code { _ = try await oldJobs.count } != nil
            }
            try await newJobs.put(1)
            #expect(try await config.count == 0)
            #expect(
                await code { _ = try await connect(server, house.worker) } == .authenticationFailed)
            for manager in [old, new, reader] { await manager.close() }
        }
    }

    @Test func aPrincipalThatGoesIsGone() async throws {
        let house = try House()
        try await serve(try house.ring()) { server in
            let reader = try await connect(server, house.reader)
            let config = try await reader.dict(String.self, Int.self, shared: "config")
            let raw = try await Connection.connect(
                to: server.addresses[0], authkey: house.reader)
            server.replace(keyRing: try house.ring(hasReader: false))
            await #expect(throws: ConnectionError.self) { _ = try await raw.receiveBytes() }
            try await eventually { await code { _ = try await config.count } != nil }
            await reader.close()
        }
    }

    @Test func rightsThatChangeReachACallThatWaits() async throws {
        let house = try House()
        try await serve(try house.ring()) { server in
            let worker = try await connect(server, house.worker)
            let admin = try await connect(server, house.admin)
            let jobs = try await worker.joinableQueue(of: Int.self, shared: "jobs")
            async let refusal = code { _ = try await jobs.get() }
            try await eventually {
                try await admin.debugInfo().contains("Queue")
            }
            try await Task.sleep(for: .milliseconds(100))
            server.replace(keyRing: try house.ring(names: ["jobs": .read]))
            #expect(await refusal == .forbidden)
            #expect(await code { try await jobs.put(1) } == .forbidden)
            #expect(try await jobs.count == 0)
            for manager in [worker, admin] { await manager.close() }
        }
    }

    @Test func anErrorInAReloadedFileKeepsTheRing() async throws {
        let house = try House()
        let directory = try TemporaryDirectory()
        let path = directory.file("ring")
        let write = { (text: String) in
            let url = URL(fileURLWithPath: path)
            try Data(text.utf8).write(to: url)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        let key = String(decoding: house.worker.bytes, as: UTF8.self)
        let text = "[worker]\nkey = text:\(key)\nnames = jobs\n"
        try write(text)
        let server = try ManagerServer(
            at: [Endpoint(.unix(path: directory.file("s")))],
            keys: ServerKeys(try KeyRing(contentsOf: path), from: path),
            shared: [("jobs", "Queue")], release: .died, limits: ServerLimits(), signals: [],
            logger: nil)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            defer { server.shutdown() }
            let worker = try await connect(server, house.worker)
            let jobs = try await worker.queue(of: Int.self, shared: "jobs")
            try await jobs.put(1)
            try write(text + "colour = red\n")
            #expect(throws: ManagerError.self) { try server.reload() }
            for _ in 0..<20 { try await jobs.put(2) }
            try write(text + "verbs = *\n")
            try server.reload()
            try await eventually {
                await code { _ = try await worker.numberOfObjects() } == nil
            }
            try write(text.replacingOccurrences(of: "jobs", with: "jobs:read"))
            try server.reload()
            try await eventually { await code { try await jobs.put(3) } == .forbidden }
            await worker.close()
        }
    }

    // MARK: Python

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../InteropTests/Python/rights.py").path

    private static let told: KeyValuePairs<String, [String]> = [
        "worker": [
            "own list -> [1, 2, 3]", "put and get -> (None, 'x')",
            "make a dict -> PermissionError not permitted: worker may not make a dict",
            "find what is not ours -> PermissionError not permitted: worker may not read 'config'",
            "a wrong key -> AuthenticationError",
        ],
        "reader": [
            "read -> 1", "iterate -> ['a']", "copy -> {'a': 1}",
            "change -> PermissionError not permitted: reader may not change 'config'",
            "make -> PermissionError not permitted: reader may not ask for create",
            "jobs -> PermissionError not permitted: reader may not read 'jobs'",
            "number of objects -> PermissionError not permitted: reader may not ask for "
                + "number_of_objects",
            "debug info -> PermissionError not permitted: reader may not ask for debug_info",
            "still there -> 1", "a wrong key -> AuthenticationError",
        ],
    ]

    @Test(arguments: CPython.found)
    func aStockClientNeedsNothingButItsKey(python: CPython) async throws {
        let house = try House()
        let directory = try TemporaryDirectory()
        for (name, key) in [("worker", house.worker), ("reader", house.reader)] {
            try Data(key.bytes).write(to: URL(fileURLWithPath: directory.file(name)))
        }
        for isTCP in [false, true] {
            try await serve(try house.ring(), isTCP: isTCP) { server in
                let admin = try await connect(server, house.admin)
                let config = try await admin.dict(String.self, Int.self, shared: "config")
                try await config.set(1, forKey: "a")
                for (role, told) in Self.told {
                    let output = try await python.run([
                        Self.script, role, "\(server.addresses[0])", directory.file(role),
                    ])
                    #expect(output.split(separator: "\n").map(String.init) == told)
                }
                await admin.close()
            }
        }
    }

    @Test(arguments: CPython.found)
    func withoutMD5OldClientsAreRefused(python: CPython) async throws {
        let house = try House()
        let key = String(decoding: house.worker.bytes, as: UTF8.self)
        let isOld = ["3.8", "3.11"].contains(python.version)
        try await serve(try house.ring(), allowsMD5: false) { server in
            guard case .unix(let path) = server.addresses[0] else { return }
            let output = try await python.run([
                "-c",
                """
                from multiprocessing import AuthenticationError
                from multiprocessing.managers import SyncManager
                try:
                    SyncManager('\(path)', b'\(key)').connect()
                    print('connected')
                except AuthenticationError:
                    print('refused')
                """,
            ])
            #expect(output == (isOld ? "refused" : "connected"))
            let worker = try await connect(server, house.worker)
            #expect(try await worker.list([1]).count == 1)
            await worker.close()
        }
    }
}
