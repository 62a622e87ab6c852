import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ArrayProxyTests {
    @Test(arguments: TestServer.all)
    func itsElementsAreReadAndWritten(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let numbers = try await manager.array([1, 2, 3], typecode: "i")
            #expect(try await numbers.count == 3)
            #expect(try await numbers[-1] == 3)
            try await numbers.set(-7, at: 1)
            #expect(try await numbers.elements() == [1, -7, 3])
            #expect(try await numbers.slice(from: 2, by: -1) == [3, -7, 1])
            #expect(await exception { _ = try await numbers.get(3) } == "IndexError")
            #expect(await exception { try await numbers.set(1 << 40, at: 0) } == "OverflowError")
        }
    }

    @Test(arguments: TestServer.all)
    func itHoldsFloatsAndCharactersToo(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let floats = try await manager.array([0.5, -1], typecode: "d")
            #expect(try await floats.elements() == [0.5, -1])
            let text = try await manager.array(["a", "\u{1F600}"], typecode: "u")
            #expect(try await text.elements() == ["a", "\u{1F600}"])
            #expect(
                await exception { _ = try await manager.array([1.5], typecode: "i") }
                    == "TypeError")
        }
    }
}
