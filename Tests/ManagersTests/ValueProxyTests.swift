import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ValueProxyTests {
    @Test(arguments: TestServer.all)
    func aValueIsSetAndGot(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let value = try await manager.value(1.5, typecode: "d")
            #expect(try await value.get() == 1.5)
            try await value.set(2.5)
            #expect(try await value.value == 2.5)
            #expect(try await value.str() == "Value('d', 2.5)")
        }
    }

    private struct Job: Codable, Equatable, Sendable {
        var name: String
        var pages: [Int]
        var owner: String?
    }

    @Test(arguments: TestServer.all)
    func aStructTravelsAsADict(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let job = Job(name: "print", pages: [1, 2], owner: nil)
            let value = try await manager.value(job)
            #expect(try await value.get() == job)
            let text = try await value.str()
            #expect(text.contains("'name': 'print'") && text.contains("'owner': None"))
        }
    }

    @Test(arguments: TestServer.swift)
    func aValueOfAnotherTypeIsAnEncodingError(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            _ = try await manager.value("text", named: "it")
            let number: ValueProxy<Int> = try await manager.value(0, named: "it")
            #expect(await code { _ = try await number.get() } == .encoding)
            await manager.close()
        }
    }
}
