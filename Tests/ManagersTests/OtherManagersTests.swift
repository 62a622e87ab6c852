import Connections
import Managers
import Pickle
import Sockets
import Testing

/// Proxies for the objects of other managers, and tokens that spell an address in another way.
@Suite(.timeLimit(.minutes(10)))
struct OtherManagersTests {
    /// Runs `body` with a server of ours beside another, with the same key.
    private func run(
        beside server: RunningServer, _ body: (SocketAddress) async throws -> Void
    ) async throws {
        let other = try ManagerServer(
            at: [.unix(path: server.directory.file("other"))], authkey: server.key)
        try await withThrowingTaskGroup { group in
            group.addTask { try await other.run() }
            defer { other.shutdown() }
            try await body(other.addresses[0])
        }
    }

    @Test(arguments: TestServer.all)
    func aProxyOfAnotherManagersObjectWorks(_ place: TestServer) async throws {
        try await place.run { server in
            try await run(beside: server) { address in
                let here = try await server.connect()
                let there = try await Manager.connect(to: address, authkey: server.key)
                let far = try await there.dict(["a": 1])
                let near = try await here.list([5])
                let raw = try await here.queue(of: PickleValue.self)
                // As a Python process would put them, which has proxies of both.
                for pickle in [try far.pickled(), try near.pickled(), try far.pickled()] {
                    try await raw.put(try PickleValue(pickle: pickle))
                }
                let proxies = try await here.create("list", as: ListProxy<PickleValue>.self)
                for _ in 0..<3 { try await proxies.append(try await raw.get()) }

                let mixed = try await here.list([PickleValue]())
                try await mixed.append(
                    .tuple([
                        try PickleValue(pickle: far.pickled()),
                        try PickleValue(pickle: near.pickled()),
                    ]))
                let dicts = ListProxy<DictProxy<String, Int>>(proxies.reference)
                let dict = try await dicts[0]
                try await dict.set(2, forKey: "b")
                #expect(try await far.copy() == ["a": 1, "b": 2])
                #expect(dict.manager !== here)
                #expect(dict.manager.address == address)
                let again = try await dicts[2]
                #expect(again.manager === dict.manager)
                let lists = ListProxy<ListProxy<Int>>(proxies.reference)
                let list = try await lists[1]
                #expect(list.manager === here)
                #expect(try await list[0] == 5)
                let pairs = ListProxy<Pair>(mixed.reference)
                let pair = try await pairs[0]
                #expect(try await pair.far.count == 2)
                #expect(try await pair.near.count == 1)
                await here.close()
                await there.close()
            }
        }
    }

    private struct Pair: Codable {
        let far: DictProxy<String, Int>
        let near: ListProxy<Int>

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            far = try container.decode(DictProxy<String, Int>.self)
            near = try container.decode(ListProxy<Int>.self)
        }
    }

    @Test(arguments: TestServer.swift)
    func anObjectThatIsNowhereIsGone(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let token = ManagerToken(
                typeID: "list", address: .str("/nowhere/at/all"), id: "7f0000000000")
            let list = try await manager.list([PickleValue]())
            try await list.append(
                .proxy(ProxyReference(name: "ListProxy", token: token, exposed: nil)))
            let lists = ListProxy<ListProxy<Int>>(list.reference)
            #expect(await code { _ = try await lists[0] } == .objectGone)
            await manager.close()
        }
    }

    /// The host by its name, and the port as it is.
    @Test func theSameServerMayBeSpeltInAnotherWay() async throws {
        try await TestServer.ours(isTCP: true).run { server in
            guard case .tcp(_, let port) = server.address else { return }
            let named = try await Manager.connect(
                to: .tcp(host: "localhost", port: port), authkey: server.key)
            let numbered = try await server.connect()
            let inner = try await named.list([1, 2])
            let outer = try await numbered.list([ListProxy<Int>]())
            try await outer.append(inner)
            let found = try await outer[0]
            #expect(found.manager === numbered)
            #expect(try await found.count == 2)
            await named.close()
            await numbered.close()
        }
    }

    /// A proxy that comes back by way of another manager is of the manager that this process has.
    @Test func whatComesBackBelongsToTheManagerThatIsHere() async throws {
        try await TestServer.ours(isTCP: false).run { server in
            let key = try AuthenticationKey.generate()
            let other = try ManagerServer(
                at: [.unix(path: server.directory.file("other"))], authkey: key)
            try await withThrowingTaskGroup { group in
                group.addTask { try await other.run() }
                defer { other.shutdown() }
                let here = try await server.connect()
                let there = try await Manager.connect(to: other.addresses[0], authkey: key)
                let lists = try await here.queue(of: ListProxy<Int>.self)
                let list = try await there.list([7])
                try await lists.put(list)
                let back = try await lists.get()
                #expect(back.manager === there)
                #expect(back == list)
                await here.close()
                #expect(try await back[0] == 7)
                await there.close()
            }
        }
    }
}
