import Managers
import Testing

/// The server counts each object for as long as somebody has a proxy.
@Suite(.timeLimit(.minutes(10)))
struct ReleaseQueueTests {
    @Test(arguments: TestServer.all)
    func theLastCopyGivesTheObjectBack(_ place: TestServer) async throws {
        try await place.runClient { manager in
            do {
                let dict = try await manager.dict(String.self, Int.self)
                let copy = dict
                let list = try await manager.list([1])
                #expect(try await manager.numberOfObjects() == 2)
                _ = (copy, list)
            }
            try await eventually { try await manager.numberOfObjects() == 0 }
        }
    }

    @Test(arguments: TestServer.all)
    func decodedProxiesCountOnTheirOwn(_ place: TestServer) async throws {
        try await place.runClient { manager in
            var list: ListProxy<Int>? = try await manager.list([1])
            let pickle = try #require(try list?.pickled())
            var copies = try await manager.decode([ListProxy<Int>].self, fromPickle: twice(pickle))
            list = nil
            #expect(try await copies[0].elements() == [1])
            copies.removeFirst()
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await copies[0].elements() == [1])
            copies = []
            try await eventually { try await manager.numberOfObjects() == 0 }
        }
    }

    @Test(arguments: TestServer.all)
    func closingGivesEverythingBack(_ place: TestServer) async throws {
        try await place.run { server in
            let watcher = try await server.connect()
            let manager = try await server.connect()
            var lists: [ListProxy<Int>] = []
            for number in 0..<20 { lists.append(try await manager.list([number])) }
            #expect(try await watcher.numberOfObjects() == 20)
            let info = try await watcher.debugInfo()
            #expect(info.contains("refcount=1"))
            lists.removeLast(10)
            await manager.close()
            #expect(try await watcher.numberOfObjects() == 0)
            #expect(await code { _ = try await lists[0].count } == .closed)
            #expect(await code { _ = try await manager.list([1]) } == .closed)
            await watcher.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func aNamedObjectStaysUntilItLosesItsName(_ place: TestServer) async throws {
        try await place.run { server in
            let first = try await server.connect()
            _ = try await first.dict(["a": 1], named: "config")
            await first.close()
            let second = try await server.connect()
            #expect(try await second.dict(String.self, Int.self, named: "config")["a"] == 1)
            try await second.removeName("config")
            #expect(await exception { try await second.removeName("config") } == "KeyError")
            #expect(try await second.dict(String.self, Int.self, named: "config")["a"] == nil)
            await second.close()
        }
    }

    /// A pickled list of the same value, twice.
    private func twice(_ pickle: [UInt8]) -> [UInt8] {
        let body = pickle.dropFirst(2).dropLast()
        return pickle.prefix(2) + [UInt8(ascii: "]"), UInt8(ascii: "(")] + body + body
            + [UInt8(ascii: "e"), UInt8(ascii: ".")]
    }
}
