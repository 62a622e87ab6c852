import Connections
import Foundation
import Managers
import Pickle
import Sockets
import Testing

/// Types of one's own, hosted by our server and called from Swift.
@Suite(.timeLimit(.minutes(10)))
struct RegistryTests {
    private typealias Point = OwnTypes.Point

    private func run(
        _ place: TestServer, shared: [(name: String, typeid: String)] = [],
        registry: Registry = OwnTypes.registry(), _ body: (Manager) async throws -> Void
    ) async throws {
        try await place.run(shared: shared, registry: registry) { server in
            let manager = try await server.connect()
            try await body(manager)
            await manager.close()
        }
    }

    private func message(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? ManagerError)?.reason
        }
    }

    @Test(arguments: TestServer.swift)
    func methodsAreCalledByName(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            let names = [
                "add", "scale", "mirror", "root", "find", "rest", "squares", "table", "shifted",
            ]
            #expect(maths.reference.exposed == names)
            #expect(try await maths.methods() == names)
            #expect(try await maths.call("add", 4, 3) == 7)
            #expect(try await maths.call("mirror", Point(x: 1, y: 2)) == Point(x: 2, y: 1))
            let root: Double = try await maths.call("root", 6.25)
            #expect(root == 2.5)
            try await maths.call("rest", 0)
            let other = try await manager.create("Maths", 100)
            #expect(try await other.call("add", 4, 3) == 107)
        }
    }

    @Test(arguments: TestServer.swift)
    func argumentsHaveNamesAndDefaults(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths", keywords: ["base": 10])
            #expect(try await maths.call("add", keywords: ["right": 3, "left": 4]) == 17)
            #expect(try await maths.call("add", 4, keywords: ["right": 3]) == 17)
            #expect(try await maths.call("scale", 5) == 10)
            #expect(try await maths.call("scale", 5, 3) == 15)
            #expect(try await maths.call("scale", 5, keywords: ["more": 1]) == 11)
            let messages = [
                await message { try await maths.call("add", 1) },
                await message { try await maths.call("scale") },
                await message { try await maths.call("add", 1, 2, 3) },
                await message { try await maths.call("add", 1, keywords: ["left": 2]) },
                await message { try await maths.call("add", 1, keywords: ["rigth": 2]) },
                await message { try await maths.call("add", 1, "2") },
                await message { try await maths.call("root") },
                await message { try await maths.call("root", keywords: ["of": 4]) },
            ]
            #expect(
                messages == [
                    "TypeError: Maths.add() missing 1 required positional argument: 'right'",
                    "TypeError: Maths.scale() missing 1 required positional argument: 'number'",
                    "TypeError: Maths.add() takes 3 positional arguments but 4 were given",
                    "TypeError: Maths.add() got multiple values for argument 'left'",
                    "TypeError: Maths.add() got an unexpected keyword argument 'rigth'. "
                        + "Did you mean 'right'?",
                    "TypeError: Maths.add() argument 'right': found Python's str",
                    "TypeError: root expected 1 argument, got 0",
                    "TypeError: Maths.root() takes no keyword arguments",
                ])
        }
    }

    @Test(arguments: TestServer.swift)
    func aResultMayBeASharedObject(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths", 1)
            let shifted: ObjectProxy = try await maths.call("shifted", 10)
            #expect(shifted.token.typeID == "Maths")
            #expect(try await shifted.call("add", 4, 3) == 18)
            let table: ListProxy<Int> = try await maths.call("table", 5)
            try await table.append(20)
            #expect(try await table.elements() == [5, 10, 15, 20])
            var squares: [Int] = []
            let walk = try await maths.call("squares", 3, returning: IteratorProxy<Int>.self)
            for try await square in walk where squares.append(square) == () {
                if squares.count == 3 { break }
            }
            #expect(squares == [9, 16, 25])
            #expect(try await walk.next() == 36)
            try await walk.call("close")
            #expect(try await walk.next() == nil)
            let counter = try await manager.create("Counter")
            try await counter.call("increment", 2)
            let rest: IteratorProxy<Int> = try await counter.call("upTo", keywords: ["last": 3])
            #expect(try await rest.next() == 2)
            #expect(try await rest.next() == 3)
            #expect(try await rest.next() == nil)
        }
    }

    @Test(arguments: TestServer.swift)
    func aResultNobodyWantsIsGivenBack(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            try await maths.call("shifted", 1)
            await #expect(throws: ManagerError.self) {
                let _: Int = try await maths.call("shifted", 1)
            }
            try await eventually { try await manager.numberOfObjects() == 1 }
        }
    }

    @Test(arguments: TestServer.swift)
    func anObjectMayHaveAName(_ place: TestServer) async throws {
        let made = OwnTypes.Tally()
        let registry = OwnTypes.registry(made: made)
        try await run(place, shared: [("total", "Counter")], registry: registry) { manager in
            let all = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let total = try await manager.create("total")
                        return try await total.call("increment", 1)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(all.sorted() == Array(1...8))
            #expect(made.count == 1)
            let same = try await manager.create("Counter", named: "total")
            #expect(try await same.call("increment", 1) == 9)
            let other = try await manager.create("Counter", named: "other")
            #expect(try await other.call("increment", 1) == 1)
            #expect(
                await exception {
                    _ = try await manager.create("Maths", named: "other")
                } != nil)
            #expect(made.count == 2)
        }
    }

    @Test(arguments: TestServer.swift)
    func whatIsThrownArrives(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            #expect(
                await message { try await maths.call("root", -1.0) }
                    == "RuntimeError: no root of -1.0")
            #expect(await message { try await maths.call("find", "x") } == "KeyError: 'x'")
            #expect(await code { try await maths.call("find", "x") } == .remote)
            let error = await #expect(throws: ManagerError.self) {
                try await maths.call("root", -1.0)
            }
            #expect(error?.exception?.message == "no root of -1.0")
            #expect(error?.exception?.swiftType == "Odd")
            #expect(
                await message { _ = try await manager.create("Maths", -1) }
                    == "RuntimeError: a base below zero")
            #expect(try await maths.call("add", 1, 2) == 3)
        }
    }

    @Test(arguments: TestServer.swift)
    func aSlowMethodKeepsNobodyWaiting(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths")
            let slow = Task { try await maths.call("rest", 600_000) }
            #expect(try await maths.call("add", 4, 3) == 7)
            #expect(try await manager.list([1]).count == 1)
            slow.cancel()
            _ = await slow.result
        }
    }

    @Test(arguments: TestServer.swift)
    func aMethodWhoseCallerIsGoneIsCancelled(_ place: TestServer) async throws {
        let cancelled = OwnTypes.Tally()
        let registry = OwnTypes.registry(cancelled: cancelled)
        try await run(place, registry: registry) { manager in
            let slow = try await manager.create("Slow")
            let resting = Task { try await slow.call("rest") }
            try await Task.sleep(for: .milliseconds(50))
            resting.cancel()
            _ = await resting.result
            try await eventually { cancelled.count == 1 }
            // The server goes on.
            #expect(try await slow.methods() == ["rest"])
        }
    }

    /// Callers give up while objects are made, named and used.
    @Test(arguments: TestServer.swift)
    func manyWhoGiveUpLeaveNothingBehind(_ place: TestServer) async throws {
        try await run(place) { manager in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let slow = try? await manager.create("Slow")
                        let name = number.isMultiple(of: 2) ? "name \(number % 7)" : nil
                        _ = try? await manager.create("Counter", named: name)
                        try? await slow?.call("rest")
                    }
                }
                // All are somewhere on their way.
                try? await Task.sleep(for: .milliseconds(40))
                group.cancelAll()
            }
            for number in 0..<7 {
                _ = try await manager.create("Counter", named: "name \(number)")
                try await manager.removeName("name \(number)")
            }
            try await eventually { try await manager.numberOfObjects() == 0 }
            let maths = try await manager.create("Maths")
            let sum = try await maths.call("add", 4, keywords: ["right": 3]) as Int
            #expect(sum == 7)
        }
    }

    @Test(arguments: TestServer.swift)
    func anObjectSaysWhatItIs(_ place: TestServer) async throws {
        try await run(place) { manager in
            let maths = try await manager.create("Maths", 5)
            #expect(try await maths.str() == "Maths from 5")
            #expect(await exception { let _: Int = try await maths.getValue() } == "TypeError")
            let card = try await manager.create("Card", "Ada")
            #expect(try await card.getValue(as: [String: String].self) == ["name": "Ada"])
            #expect(try await card.str().hasPrefix("<Card object at 0x"))
            #expect(await exception { try await card.call("__hash__") } == "KeyError")
        }
    }

    @Test(arguments: TestServer.swift)
    func aBarrierMayHaveAnAction(_ place: TestServer) async throws {
        let tally = OwnTypes.Tally()
        var registry = Registry()
        registry.registerBarrier("Start", parties: 3) { tally.add() }
        registry.registerBarrier("Broken", parties: 1) {
            throw OwnTypes.Odd(description: "not today")
        }
        try await run(place, registry: registry) { manager in
            let start = try await manager.create("Start", as: BarrierProxy.self)
            for time in 1...3 {
                let indices = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<3 {
                        group.addTask {
                            let index = try await start.wait()
                            #expect(tally.count == time)
                            return index
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(indices.sorted() == [0, 1, 2])
            }
            let broken = try await manager.create("Broken", named: "b", as: BarrierProxy.self)
            #expect(await message { try await broken.wait() } == "RuntimeError: not today")
            #expect(try await broken.isBroken)
        }
    }

    @Test(arguments: TestServer.swift)
    func itsProxiesAreValues(_ place: TestServer) async throws {
        try await run(place) { manager in
            let all = try await manager.dict(String.self, ObjectProxy.self)
            try await all.set(manager.create("Maths", 10), forKey: "ten")
            let ten = try #require(try await all.get("ten"))
            #expect(try await ten.call("add", 4, 3) == 17)
            #expect(ten.token.typeID == "Maths")
        }
    }

    @Test(arguments: TestServer.swift)
    func anObjectIsGoneWithItsLastProxy(_ place: TestServer) async throws {
        try await run(place) { manager in
            let before = try await manager.numberOfObjects()
            var maths: ObjectProxy? = try await manager.create("Maths")
            #expect(try await manager.numberOfObjects() == before + 1)
            _ = maths?.token
            maths = nil
            try await eventually { try await manager.numberOfObjects() == before }
        }
    }

    @Test func whatCannotBeOfferedIsRefused() throws {
        var taken = Registry()
        taken.register("dict", OwnTypes.Maths.init) { _ in }
        var unknown = Registry()
        unknown.register("Maths", OwnTypes.Maths.init) {
            $0.expose("table", OwnTypes.Maths.table, as: "Table")
        }
        var other = OwnTypes.registry()
        other.register("Other", OwnTypes.Maths.init) {
            $0.expose("table", OwnTypes.Maths.table, as: "Card")
        }
        var opaque = Registry()
        opaque.register("Maths", OwnTypes.Maths.init) {
            $0.expose("shifted", OwnTypes.Maths.shifted, as: "list")
        }
        let directory = try TemporaryDirectory()
        for registry in [taken, unknown, other, opaque] {
            #expect(throws: ManagerError.self) {
                try ManagerServer(
                    at: [.unix(path: directory.file("s"))], authkey: .generate(),
                    registry: registry)
            }
        }
    }
}
