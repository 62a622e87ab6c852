import ChildPrograms
import Connections
import Foundation
import Managers
import Pickle
import Sockets
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ManagerProxyTests {
    @Test(arguments: TestServer.all)
    func anyMethodIsCalledByName(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let object = try await manager.create("list", [1, 2])
            try await object.call("append", 3)
            #expect(try await object.call("__len__") == 3)
            let all: [Int] = try await object.callWaiting("__getitem__", PickleValue.all)
            #expect(all == [1, 2, 3])
            #expect(await exception { try await object.call("nope") } == "KeyError")
            #expect(await exception { _ = try await manager.create("list", 5) } == "TypeError")
            #expect(await code { _ = try await manager.create("Nope") } == .unknownType)
        }
    }

    /// A proxy of one's own.
    private struct StackProxy: ManagerProxy {
        static let pythonName = "ListProxy"
        let reference: ObjectReference

        init(_ reference: ObjectReference) { self.reference = reference }

        func push(_ item: String) async throws(ManagerError) { try await call("append", item) }
        func pop() async throws(ManagerError) -> String { try await call("pop") }
    }

    @Test(arguments: TestServer.all)
    func aProxyOfOnesOwnIsAFewLines(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let stack = try await manager.create("list", as: StackProxy.self)
            try await stack.push("a")
            #expect(try await stack.pop() == "a")
        }
    }

    @Test(arguments: TestServer.swift + TestServer.python.filter { !$0.isVersion("3.8") })
    func proxiesAreStoredInSharedObjects(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let other = try await server.connect()
            let outer = try await manager.dict(String.self, DictProxy<String, Int>.self)
            let queues = try await manager.list(of: QueueProxy<Int>.self)
            do {
                let inner = try await manager.dict(["a": 1])
                try await outer.set(inner, forKey: "inner")
                let queue = try await manager.queue(of: Int.self)
                try await queue.put(5)
                try await queues.append(queue)
            }
            let inner = try #require(try await outer["inner"])
            #expect(try await inner["a"] == 1)
            let handed = try await other.decode(
                DictProxy<String, DictProxy<String, Int>>.self, fromPickle: outer.pickled())
            let same = try #require(try await handed["inner"])
            try await same.set(2, forKey: "a")
            #expect(try await inner["a"] == 2)
            #expect(try await queues[0].get() == 5)
            await other.close()
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func aProxyOfAnotherTypeIsAnEncodingError(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let list = try await manager.list([1])
            let pickle = try list.pickled()
            #expect(
                await code {
                    _ = try await manager.decode(DictProxy<String, Int>.self, fromPickle: pickle)
                } == .encoding)
            #expect(throws: DecodingError.self) {
                _ = try PickleDecoder().decode(DictProxy<String, Int>.self, from: pickle)
            }
        }
    }

    @Test(arguments: TestServer.all)
    func proxiesAreEqualWhenTheirObjectIsTheSame(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let list = try await manager.list([1])
            let copy = try await manager.decode(
                ListProxy<Int>.self, fromPickle: try list.pickled())
            #expect(copy == list)
            #expect(Set([copy, list]).count == 1)
            let other = try await manager.list([1])
            #expect(list != other)
            #expect(list.description.hasPrefix("<ListProxy object, typeid 'list' at 0x"))
        }
    }

    @Test(arguments: TestServer.all)
    func whatIsGoneIsSaidToBeGone(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let lasting = try await manager.list([0])
            let pickle = try await Self.pickleOfDropped(manager)
            try await eventually { try await manager.numberOfObjects() == 1 }
            #expect(
                await code {
                    _ = try await manager.decode(ListProxy<Int>.self, fromPickle: pickle)
                } == .objectGone)
            #expect(try await lasting[0] == 0)
            await manager.close()
            #expect(await code { _ = try await lasting.get(0) } == .closed)
        }
    }

    private static func pickleOfDropped(_ manager: Manager) async throws -> [UInt8] {
        try await manager.list([1]).pickled()
    }
}

extension ManagerProxy {
    func pickled() throws -> [UInt8] { try PickleEncoder().encode(self) }
}

extension PickleValue {
    /// `slice(None, None, None)`
    fileprivate static let all = PickleValue.reduce(
        .global(module: "builtins", name: "slice"), [nil, nil, nil])
}

extension TestServer {
    func isVersion(_ version: String) -> Bool {
        guard case .python(let python, _) = self else { return false }
        return python.version == version
    }
}
