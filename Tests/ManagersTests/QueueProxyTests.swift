import Managers
import Testing

@Suite(.timeLimit(.minutes(10)))
struct QueueProxyTests {
    @Test(arguments: TestServer.all)
    func itemsComeOutInTheOrderInWhichTheyWentIn(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self)
            for item in 0..<10 { try await queue.put(item) }
            #expect(try await queue.count == 10)
            for item in 0..<10 { #expect(try await queue.get() == item) }
            #expect(try await queue.isEmpty)
            #expect(try await queue.getNoWait() == nil)
        }
    }

    @Test(arguments: TestServer.all)
    func aFullQueueTakesNoMore(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: String.self, maxsize: 1)
            #expect(try await queue.putNoWait("a"))
            #expect(try await queue.isFull)
            #expect(try await queue.putNoWait("b") == false)
            #expect(
                await code { try await queue.put("b", timeout: .milliseconds(20)) } == .timedOut)
            #expect(try await queue.get(timeout: .seconds(60)) == "a")
            #expect(await code { _ = try await queue.get(timeout: .milliseconds(20)) } == .timedOut)
        }
    }

    @Test(arguments: TestServer.all)
    func whoWaitsGetsWhatIsPutLater(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self, maxsize: 1)
            async let first = queue.get()
            async let second = queue.get(timeout: .seconds(60))
            try await Task.sleep(for: .milliseconds(600))
            try await queue.put(1)
            try await queue.put(2)
            #expect(try await Set([first, second]) == [1, 2])
        }
    }

    @Test(arguments: TestServer.all)
    func joinWaitsForAllTasks(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.joinableQueue(of: Int.self)
            try await queue.join()
            try await queue.put(1)
            try await queue.put(2)
            #expect(try await queue.join(timeout: .milliseconds(20)) == false)
            async let joined: Void = queue.join()
            for _ in 0..<2 {
                _ = try await queue.get()
                try await queue.taskDone()
            }
            try await joined
            #expect(await exception { try await queue.taskDone() } == "ValueError")
        }
    }

    @Test(arguments: TestServer.all)
    func aCallTimeoutDoesNotCountTheWait(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect { $0.callTimeout = .seconds(3) }
            let queue = try await manager.queue(of: Int.self)
            async let item = queue.get()
            try await Task.sleep(for: .milliseconds(3300))
            try await queue.put(1)
            #expect(try await item == 1)
            await manager.close()
        }
    }
}
