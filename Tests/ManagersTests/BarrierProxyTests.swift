import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct BarrierProxyTests {
    @Test(arguments: TestServer.all)
    func allGoOnWhenAllAreThere(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let barrier = try await manager.barrier(3)
            #expect(try await barrier.parties == 3)
            for _ in 0..<3 {
                let indices = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<3 { group.addTask { try await barrier.wait() } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(indices.sorted() == [0, 1, 2])
            }
            #expect(try await barrier.waitingParties == 0)
        }
    }

    @Test(arguments: TestServer.all)
    func oneWhoGivesUpBreaksIt(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let barrier = try await manager.barrier(3)
            let waiting = Task { try await barrier.wait() }
            try await eventually { try await barrier.waitingParties == 1 }
            let broken = "BrokenBarrierError"
            #expect(
                await exception { try await barrier.wait(timeout: .milliseconds(20)) } == broken)
            #expect(await exception { _ = try await waiting.value } == broken)
            #expect(try await barrier.isBroken)
            #expect(await exception { try await barrier.wait() } == broken)
            try await barrier.reset()
            #expect(try await barrier.isBroken == false)
            try await barrier.abort()
            #expect(try await barrier.isBroken)
        }
    }

    @Test(arguments: TestServer.all)
    func itsTimeoutIsTheDefault(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let barrier = try await manager.barrier(2, timeout: .milliseconds(20))
            #expect(await exception { try await barrier.wait() } == "BrokenBarrierError")
        }
    }

    @Test(arguments: TestServer.swift)
    func aCancelledPartyLeavesItsPlace(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let barrier = try await manager.barrier(2)
            let waiting = Task { try await barrier.wait() }
            try await eventually { try await barrier.waitingParties == 1 }
            waiting.cancel()
            await #expect(throws: ManagerError.self) { try await waiting.value }
            try await eventually { try await barrier.waitingParties == 0 }
            async let first = barrier.wait()
            async let second = barrier.wait()
            #expect(try await first + second == 1)
        }
    }
}
