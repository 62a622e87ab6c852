import Managers
import Pickle
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ManagerTests {
    @Test(arguments: TestServer.all)
    func aServerSaysWhatItIs(_ place: TestServer) async throws {
        try await place.runClient { manager in
            #expect((manager.serverVersion != nil) == place.isOurs)
            let time = try await manager.roundTrip()
            #expect(time > .zero)
        }
    }

    @Test(arguments: TestServer.swift)
    func aNamedObjectIsTheSameForAll(_ place: TestServer) async throws {
        try await place.run { server in
            let first = try await server.connect()
            let second = try await server.connect()
            let one = try await first.dict(["a": 1], named: "config")
            let other = try await second.dict(String.self, Int.self, named: "config")
            #expect(try await other["a"] == 1)
            #expect(one.token.id == other.token.id)
            #expect(
                await code { _ = try await second.list(of: Int.self, named: "config") } == .remote)
            await first.close()
            await second.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func aSharedObjectIsFoundByItsTypeid(_ place: TestServer) async throws {
        try await place.run(shared: [("jobs", "JoinableQueue")]) { server in
            let first = try await server.connect()
            let second = try await server.connect()
            try await first.joinableQueue(of: Int.self, shared: "jobs").put(5)
            #expect(try await second.joinableQueue(of: Int.self, shared: "jobs").get() == 5)
            #expect(
                await code { _ = try await first.lock(shared: "nothing") } == .unknownType)
            await first.close()
            await second.close()
        }
    }

    @Test(arguments: TestServer.python)
    func cpythonHasNoNames(_ place: TestServer) async throws {
        try await place.runClient { manager in
            #expect(await code { _ = try await manager.lock(named: "gate") } == .unknownType)
        }
    }
}
