import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct EventProxyTests {
    @Test(arguments: TestServer.all)
    func whoWaitsGoesOnWhenItIsSet(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let event = try await manager.event()
            #expect(try await event.wait(timeout: .milliseconds(20)) == false)
            #expect(try await event.isSet == false)
            async let first: Void = event.wait()
            async let second = event.wait(timeout: .seconds(60))
            try await Task.sleep(for: .milliseconds(600))
            try await event.set()
            try await first
            #expect(try await second)
            #expect(try await event.isSet)
            try await event.clear()
            #expect(try await event.isSet == false)
        }
    }
}
