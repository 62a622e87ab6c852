import Connections
import Managers
import Pickle
import Sockets
import Testing

/// How a server begins and ends.
@Suite(.timeLimit(.minutes(10)))
struct ManagerServerTests {
    @Test(arguments: TestServer.swift)
    func aServerThatStopsWritesWhatItOwes(_ place: TestServer) async throws {
        var limits = ServerLimits()
        limits.drainTimeout = .seconds(60)
        try await place.run(limits: limits) { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8](repeating: 7, count: 6 << 20)])
            let raw = try await RawClient(server)
            try await raw.send(list, "__getitem__", [0])
            // Answered behind the first request, whose reply fills all room: the next are not read.
            #expect(try await list.count == 1)
            for _ in 0..<2 { try await raw.send(list, "__getitem__", [0]) }
            server.server?.shutdown()
            for _ in 0..<3 { #expect(try await raw.connection.receiveBytes().count > 6 << 20) }
            #expect(await raw.isClosedByPeer())
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func whoReadsNothingDoesNotKeepAServerFromStopping(_ place: TestServer) async throws {
        var limits = ServerLimits()
        limits.drainTimeout = .milliseconds(100)
        try await place.run(limits: limits) { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8](repeating: 7, count: 6 << 20)])
            let raw = try await RawClient(server)
            for _ in 0..<3 { try await raw.send(list, "__getitem__", [0]) }
            server.server?.shutdown()
            try await eventually {
                await code { await (try server.connect()).close() } == .unreachable
            }
            await manager.close()
        }
    }

    @Test func aShutdownEndsRunAndTheSocketFile() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let server = try ManagerServer(at: [.unix(path: directory.file("s"))], authkey: key)
        async let running: Void = server.run()
        let manager = try await Manager.connect(to: server.addresses[0], authkey: key)
        try await manager.shutdown()
        try await running
        #expect(!directory.exists("s"))
    }

    @Test func aCancelledRunEnds() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let server = try ManagerServer(at: [.unix(path: directory.file("s"))], authkey: key)
        let running = Task { try await server.run() }
        let manager = try await Manager.connect(to: server.addresses[0], authkey: key)
        running.cancel()
        try await running.value
        await manager.close()
        #expect(!directory.exists("s"))
    }

    @Test func oneServerListensAtSeveralAddresses() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let server = try ManagerServer(
            at: [.unix(path: directory.file("s")), .tcp(host: "127.0.0.1", port: 0)], authkey: key)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            let first = try await Manager.connect(to: server.addresses[0], authkey: key)
            let second = try await Manager.connect(to: server.addresses[1], authkey: key)
            try await first.dict(["a": 1], named: "it").set(2, forKey: "b")
            #expect(try await second.dict(String.self, Int.self, named: "it").count == 2)
            await first.close()
            await second.close()
            server.shutdown()
        }
    }

    @Test func aTakenAddressIsSaidToBe() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let address = SocketAddress.unix(path: directory.file("s"))
        let server = try ManagerServer(at: [address], authkey: key)
        #expect(await code { _ = try ManagerServer(at: [address], authkey: key) } == .addressInUse)
        server.shutdown()
    }

    @Test func anUnknownTypeCannotBeShared() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let address = SocketAddress.unix(path: directory.file("s"))
        #expect(
            await code {
                _ = try ManagerServer(at: [address], authkey: key, shared: [("a", "Nope")])
            } == .unknownType)
        #expect(
            await code {
                _ = try ManagerServer(
                    at: [address], authkey: key, shared: [("a", "dict"), ("a", "list")])
            } == .unknownType)
    }
}
