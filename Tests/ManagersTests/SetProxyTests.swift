import Managers
import Testing

/// CPython's servers have sets since 3.14.
@Suite(.timeLimit(.minutes(10)))
struct SetProxyTests {
    @Test(arguments: TestServer.swift)
    func elementsComeAndGo(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let set = try await manager.set(["a", "b"], named: "tags")
            try await set.add("c")
            try await set.add("a")
            #expect(try await set.count == 3)
            #expect(try await set.contains("b"))
            try await set.discard("b")
            try await set.discard("b")
            #expect(await exception { try await set.remove("b") } == "KeyError")
            #expect(try await set.elements() == ["a", "c"])
            try await set.remove("a")
            #expect(try await set.pop() == "c")
            #expect(try await set.pop() == nil)
            #expect(try await set.isEmpty)
        }
    }

    @Test(arguments: TestServer.swift)
    func setsAreCombinedAndCompared(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let set = try await manager.set([1, 2, 3] as Set)
            #expect(try await set.union([4]) == [1, 2, 3, 4])
            #expect(try await set.intersection([2, 9]) == [2])
            #expect(try await set.subtracting([2]) == [1, 3])
            #expect(try await set.symmetricDifference([3, 4]) == [1, 2, 4])
            #expect(try await set.isSubset(of: [1, 2, 3, 4]))
            #expect(try await set.isSuperset(of: [1, 2]))
            #expect(try await set.isDisjoint(with: [7]))
            try await set.formUnion([4, 5])
            try await set.formIntersection([1, 4, 5])
            try await set.subtract([5])
            #expect(try await set.elements() == [1, 4])
            try await set.clear()
            #expect(try await set.count == 0)
        }
    }

    @Test(arguments: TestServer.python)
    func olderPythonsHaveNone(_ place: TestServer) async throws {
        try await place.runClient { manager in
            #expect(await code { _ = try await manager.set(of: Int.self) } == .unknownType)
        }
    }
}
