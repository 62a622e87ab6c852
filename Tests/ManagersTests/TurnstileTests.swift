import Testing

@testable import Managers

@Suite(.timeLimit(.minutes(2)))
struct TurnstileTests {
    @Test func itLetsOneThroughAtATime() async throws {
        let turnstile = Turnstile()
        let inside = Inside()
        try await withThrowingTaskGroup { group in
            for _ in 0..<20 {
                group.addTask {
                    let mayPass = try await turnstile.enter(timeout: nil)
                    #expect(mayPass)
                    #expect(await inside.enter() == 1)
                    await Task.yield()
                    await inside.leave()
                    turnstile.leave()
                }
            }
            try await group.waitForAll()
        }
    }

    private actor Inside {
        private var count = 0

        func enter() -> Int {
            count += 1
            return count
        }

        func leave() { count -= 1 }
    }

    @Test func whoWaitsTooLongGoes() async throws {
        let turnstile = Turnstile()
        #expect(try await turnstile.enter(timeout: .zero))
        #expect(try await turnstile.enter(timeout: .milliseconds(5)) == false)
        turnstile.leave()
        #expect(try await turnstile.enter(timeout: .zero))
    }

    @Test func whoIsCancelledIsPassedOver() async throws {
        let turnstile = Turnstile()
        #expect(try await turnstile.enter(timeout: nil))
        let cancelled = Task { try await turnstile.enter(timeout: nil) }
        let waiting = Task { try await turnstile.enter(timeout: nil) }
        try await Task.sleep(for: .milliseconds(5))
        cancelled.cancel()
        await #expect(throws: ManagerError.self) { try await cancelled.value }
        turnstile.leave()
        #expect(try await waiting.value)
    }
}
