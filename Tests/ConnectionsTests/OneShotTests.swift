import Testing

@testable import Connections

@Suite struct OneShotTests {
    @Test func theOutcomeMayComeBeforeOrAfterTheWait() async throws {
        let early = OneShot<Int>()
        #expect(early.complete(.success(1)))
        #expect(try await early.value("waiting") == 1)
        let late = OneShot<Int>()
        async let value = late.value("waiting")
        #expect(late.complete(.success(2)))
        #expect(try await value == 2)
    }

    @Test func onlyTheFirstOutcomeCounts() async throws {
        let one = OneShot<Int>()
        #expect(one.complete(.success(1)))
        #expect(!one.complete(.failure(.closedHere)))
        #expect(try await one.value("waiting") == 1)
        #expect(!one.complete(.success(3)))
    }

    @Test func cancellationIsAnOutcome() async {
        let one = OneShot<Int>()
        let task = Task { try await one.value("waiting") }
        task.cancel()
        await #expect(throws: ConnectionError.cancelled("waiting")) { try await task.value }
        #expect(!one.complete(.success(1)))
    }
}
