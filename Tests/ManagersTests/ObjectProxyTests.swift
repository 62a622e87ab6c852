import ChildPrograms
import Foundation
import Managers
import Pickle
import Testing

/// Types that a CPython server has registered, called from Swift.
@Suite(.timeLimit(.minutes(10)))
struct ObjectProxyTests {
    private struct Point: Codable, Hashable {
        var x: Int
        var y: Int
    }

    private struct Slotted: Codable, Hashable {
        var name: String
        var size: Int
    }

    /// A typed proxy, as a program writes one.
    private struct MathsProxy: ManagerProxy {
        static let pythonName = "AutoProxy"
        let reference: ObjectReference
        init(_ reference: ObjectReference) { self.reference = reference }

        func add(_ left: Int, _ right: Int) async throws(ManagerError) -> Int {
            try await call("add", left, right)
        }
    }

    private static let servers = CPython.found.enumerated().map { index, python in
        TestServer.python(python, isTCP: index.isMultiple(of: 2))
    }

    private func run(
        _ place: TestServer, _ body: (Manager) async throws -> Void
    ) async throws {
        try await place.run(script: "own_types_server.py") { server in
            let manager = try await server.connect()
            try await body(manager)
            await manager.close()
        }
    }

    @Test(arguments: servers)
    func anyTypeCanBeMadeAndCalled(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths", 10, keywords: ["sign": -1])
            #expect(try await maths.call("add", 4, 3) == -17)
            #expect(try await maths.call("add", 4, keywords: ["right": 3]) == -17)
            #expect(try await maths.str() == "Maths from 10")
            let named: PickleValue = try await maths.call(
                "named", 1, keywords: ["z": 1, "a": "b", "m": [1.5]])
            #expect(
                named == [[1], [.tuple(["z", 1]), .tuple(["a", "b"]), .tuple(["m", [1.5]])]])
            #expect(try await maths.call("kind", Point(x: 1, y: 2)) == "dict")
            #expect(await exception { _ = try await manager.create("Maths", -1) } == "Odd")
            #expect(await code { _ = try await manager.create("Nothing") } == .unknownType)
        }
    }

    @Test(arguments: servers)
    func theServerSaysWhatMayBeCalled(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            let all: Set = [
                "add", "count", "fail", "kind", "named", "point", "rest", "shifted", "slotted",
                "table",
            ]
            #expect(Set(maths.reference.exposed) == all)
            #expect(Set(try await maths.methods()) == all)
            let bare = try await manager.create("Bare")
            #expect(Set(try await bare.methods()) == ["add", "_secret"])
            #expect(try await bare.call("_secret") == "secret")
            #expect(await exception { try await bare.call("rest", 0) } != nil)
        }
    }

    @Test(arguments: servers)
    func aResultMayBeASharedObject(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths", as: MathsProxy.self)
            let shifted: MathsProxy = try await maths.call("shifted", 5)
            #expect(shifted.token.typeID == "Shifted")
            #expect(try await shifted.add(4, 3) == 12)
            let table: ListProxy<Int> = try await maths.call("table", 4)
            #expect(try await table.elements() == [4, 8])
        }
    }

    @Test(arguments: servers)
    func aGeneratorIsWalkedThrough(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            let walk = try await maths.call("count", 3, returning: IteratorProxy<Int>.self)
            var numbers: [Int] = []
            let error = await exception {
                for try await number in walk { numbers.append(number) }
            }
            #expect(numbers == [3, 2, 1])
            #expect(error == "Odd")
            #expect(try await walk.next() == nil)
        }
    }

    @Test(arguments: servers)
    func instancesOfClassesNobodyKnowsAreRead(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            #expect(try await maths.call("point", 1, 2) == Point(x: 1, y: 2))
            let value: PickleValue = try await maths.call("point", 1, 2)
            guard case .object(let object) = value.kind else {
                Issue.record("\(value)")
                return
            }
            #expect(object.className?.name == "Point")
            // And go back as what they were.
            #expect(try await maths.call("kind", value) == "Point")
            #expect(try await maths.call("slotted") == Slotted(name: "a", size: 3))
        }
    }

    @Test(arguments: servers)
    func exceptionsOfClassesNobodyKnowsArrive(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            let error = try #require(
                await #expect(throws: ManagerError.self) { try await maths.call("fail") })
            #expect(error.code == .remote)
            #expect(error.exception?.name == "Odd")
            #expect(error.exception?.module == "__main__")
            #expect(error.exception?.message == "('not today', 7)")
        }
    }

    @Test(arguments: servers)
    func aSlowMethodKeepsNobodyWaiting(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("maths")
            let slow = Task { try await maths.call("rest", 60) }
            #expect(try await maths.call("add", 4, 3) == 1007)
            #expect(try await manager.list([1]).count == 1)
            slow.cancel()
            _ = await slow.result
        }
    }

    /// Python's pool is a type like any other.
    @Test(arguments: TestServer.python.suffix(1))
    func thePoolOfTheServerIsCalled(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let pool = try await manager.create("Pool", 1)
            let factorial = PickleValue.global(module: "math", name: "factorial")
            #expect(try await pool.call("apply", factorial, PickleValue.tuple([5])) == 120)
            let walk = try await pool.call(
                "imap", factorial, [1, 2, 3], returning: IteratorProxy<Int>.self)
            var products: [Int] = []
            for try await product in walk { products.append(product) }
            #expect(products == [1, 2, 6])
            // Not `terminate`: a worker forked from a server with threads may not see its signal.
            try await pool.call("close")
            try await pool.call("join")
        }
    }
}
