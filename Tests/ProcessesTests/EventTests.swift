import Processes
import Testing

/// `Event`.
@Suite(.timeLimit(.minutes(10)))
struct EventTests {
    @Test func itIsSetUntilItIsCleared() async throws {
        let event = try Event()
        let there = try travelled(event)
        #expect(!event.isSet)
        there.set()
        there.set()
        #expect(event.isSet)
        try await event.wait()
        event.blocking.wait()
        #expect(try await event.wait(timeout: .zero))
        event.clear()
        #expect(!there.isSet)
        #expect(try await !event.wait(timeout: .milliseconds(5)))
        #expect(!event.blocking.wait(timeout: .milliseconds(5)))
    }

    @Test func allWhoWaitGoOn() async throws {
        let event = try Event()
        let there = try travelled(event)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { try await there.wait(timeout: .seconds(30)) } }
            event.set()
            for try await isSet in group { #expect(isSet) }
        }
    }

    @Test func whoWaitedSeesAFlagThatIsClearedAtOnce() async throws {
        let event = try Event()
        for _ in 0..<100 {
            let hasBegun = try Event()
            async let wasSet = {
                hasBegun.set()
                return try await event.wait(timeout: .seconds(30))
            }()
            try await hasBegun.wait()
            try await Task.sleep(for: .microseconds(200))
            // Whether the wait has begun by now nobody knows, so there is a second chance.
            event.set()
            event.clear()
            event.set()
            #expect(try await wasSet)
            event.clear()
        }
    }

    @Test func aWaitCanBeCancelled() async throws {
        let event = try Event()
        let waiting = Task { try await event.wait() }
        waiting.cancel()
        await #expect { try await waiting.value } throws: {
            ($0 as? ProcessError)?.code == .cancelled
        }
    }
}
