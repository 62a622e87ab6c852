import Managers
import Pickle
import Testing

@Suite(.timeLimit(.minutes(10)))
struct NamespaceProxyTests {
    @Test(arguments: TestServer.all)
    func attributesComeAndGo(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let namespace = try await manager.namespace(["host": "example.org", "port": 80])
            #expect(try await namespace.get("host", as: String.self) == "example.org")
            try await namespace.set("port", to: 8080)
            try await namespace.set("tags", to: ["a", "b"])
            #expect(try await namespace.get("port") == 8080)
            #expect(
                try await namespace.attributes() == [
                    "host": "example.org", "port": 8080, "tags": ["a", "b"],
                ])
            try await namespace.remove("tags")
            #expect(
                await exception { _ = try await namespace.get("tags", as: [String].self) }
                    == "AttributeError")
            #expect(await exception { try await namespace.remove("tags") } == "AttributeError")
        }
    }

    private struct Config: Codable, Equatable {
        var host: String
        var port: Int
    }

    @Test(arguments: TestServer.all)
    func allOfItIsAStruct(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let namespace = try await manager.namespace(["host": "a", "port": 1])
            #expect(try await namespace.getValue(as: Config.self) == Config(host: "a", port: 1))
            #expect(try await namespace.str() == "Namespace(host='a', port=1)")
        }
    }
}
