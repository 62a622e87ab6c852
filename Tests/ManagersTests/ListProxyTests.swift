import Managers
import Pickle
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ListProxyTests {
    @Test(arguments: TestServer.all)
    func aListDoesWhatPythonsDoes(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let list = try await manager.list([3, 1, 2])
            #expect(try await list.count == 3)
            #expect(try await list[0] == 3)
            #expect(try await list[-1] == 2)
            #expect(try await list.contains(1))
            try await list.append(1)
            try await list.append(contentsOf: [5, 6])
            try await list.insert(0, at: 0)
            #expect(try await list.elements() == [0, 3, 1, 2, 1, 5, 6])
            #expect(try await list.count(of: 1) == 2)
            #expect(try await list.firstIndex(of: 1) == 2)
            #expect(try await list.firstIndex(of: 1, in: 3..<6) == 4)
            #expect(try await list.firstIndex(of: 99) == nil)
            #expect(try await list.reversed() == [6, 5, 1, 2, 1, 3, 0])
            try await list.set(7, at: 0)
            try await list.remove(at: -1)
            try await list.remove(1)
            #expect(try await list.pop() == 5)
            #expect(try await list.pop(at: 0) == 7)
            #expect(try await list.elements() == [3, 2, 1])
            try await list.sort()
            #expect(try await list.elements() == [1, 2, 3])
            try await list.sort(descending: true)
            try await list.reverse()
            #expect(try await list.getValue(as: [Int].self) == [1, 2, 3])
            #expect(try await list.appending([4]) == [1, 2, 3, 4])
            #expect(try await list.repeated(2) == [1, 2, 3, 1, 2, 3])
            try await list.formRepeated(2)
            #expect(try await list.str() == "[1, 2, 3, 1, 2, 3]")
            try await list.clear()
            #expect(try await list.isEmpty)
            #expect(try await list.reversed() == [])
        }
    }

    @Test(arguments: TestServer.all)
    func slicesAreAsInPython(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let list = try await manager.list(Array(0..<10))
            #expect(try await list[2..<4] == [2, 3])
            #expect(try await list.slice(by: 3) == [0, 3, 6, 9])
            #expect(try await list.slice(from: -2) == [8, 9])
            #expect(try await list.slice(by: -4) == [9, 5, 1])
            try await list.setSlice(from: 1, to: 9, [10, 11])
            #expect(try await list.elements() == [0, 10, 11, 9])
            try await list.removeSlice(by: 2)
            #expect(try await list.elements() == [10, 9])
            #expect(await exception { _ = try await list.slice(by: 0) } == "ValueError")
        }
    }

    @Test(arguments: TestServer.all)
    func whatIsNotThereIsAnError(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let list = try await manager.list(of: PickleValue.self)
            #expect(await exception { _ = try await list.get(0) } == "IndexError")
            #expect(await exception { try await list.set(1, at: 0) } == "IndexError")
            #expect(await exception { _ = try await list.pop() } == "IndexError")
            #expect(await exception { try await list.remove(1) } == "ValueError")
            try await list.append(contentsOf: [1, "a"])
            #expect(await exception { try await list.sort() } == "TypeError")
        }
    }
}
