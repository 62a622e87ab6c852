import Managers
import Testing

/// Calls that are cancelled at any point of their life lose nothing and take nothing.
@Suite(.timeLimit(.minutes(10)))
struct CancellationTests {
    /// Getters are cancelled at random moments while items come: each item comes out once.
    @Test(arguments: TestServer.all)
    func aCancelledGetLosesNoItem(_ place: TestServer) async throws {
        let rounds = place.isOurs ? 400 : 40
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self)
            var taken: [Int] = []
            for round in 0..<rounds {
                let getter = Task { try await queue.get() }
                let putter = Task {
                    try await Task.sleep(for: .microseconds(Int.random(in: 0..<1500)))
                    try await queue.put(round)
                }
                try await Task.sleep(for: .microseconds(Int.random(in: 0..<1500)))
                getter.cancel()
                do {
                    taken.append(try await getter.value)
                } catch {
                    #expect((error as? ManagerError)?.code == .cancelled)
                }
                try await putter.value
            }
            while let item = try await queue.getNoWait() { taken.append(item) }
            #expect(taken.sorted() == Array(0..<rounds))
        }
    }

    @Test(arguments: TestServer.all)
    func aCancelledPutIsDoneOnceOrNever(_ place: TestServer) async throws {
        let rounds = place.isOurs ? 200 : 20
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self, maxsize: 1)
            var put: [Int] = []
            var taken: [Int] = []
            for round in 0..<rounds {
                let putter = Task { try await queue.put(round) }
                try await Task.sleep(for: .microseconds(Int.random(in: 0..<1000)))
                if round.isMultiple(of: 2), let item = try await queue.getNoWait() {
                    taken.append(item)
                }
                putter.cancel()
                if case .success = await putter.result { put.append(round) }
            }
            while let item = try await queue.getNoWait() { taken.append(item) }
            #expect(taken.sorted() == put)
        }
    }

    @Test(arguments: TestServer.all)
    func aCancelledAcquireLeavesTheLockFree(_ place: TestServer) async throws {
        let rounds = place.isOurs ? 200 : 20
        try await place.runClient { manager in
            let lock = try await manager.lock()
            for _ in 0..<rounds {
                try await lock.acquire()
                let waiting = Task { try await lock.withLock {} }
                let cancelling = Task {
                    try await Task.sleep(for: .microseconds(Int.random(in: 0..<1000)))
                    waiting.cancel()
                }
                try await Task.sleep(for: .microseconds(Int.random(in: 0..<1000)))
                try await lock.release()
                try await cancelling.value
                _ = await waiting.result
            }
            #expect(try await lock.acquire(timeout: .seconds(60)))
        }
    }

    @Test(arguments: TestServer.all)
    func whatIsCancelledBeforeItBeginsIsNotDone(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(String.self, Int.self)
            let queue = try await manager.queue(of: Int.self)
            let task = Task {
                try? await Task.sleep(for: .seconds(600))
                #expect(await code { try await dict.set(1, forKey: "a") } == .cancelled)
                #expect(await code { try await queue.put(1) } == .cancelled)
                #expect(await code { _ = try await manager.lock() } == .cancelled)
                #expect(await code { try await queue.join() } == .cancelled)
            }
            task.cancel()
            await task.value
            #expect(try await dict.isEmpty)
            #expect(try await queue.isEmpty)
        }
    }

    @Test(arguments: TestServer.all)
    func waitsOfAllKindsCanBeCancelled(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let event = try await manager.event()
            let queue = try await manager.queue(of: Int.self)
            try await queue.put(1)
            let waiting: [Task<Void, any Error>] = [
                Task { try await event.wait() },
                Task { _ = try await event.wait(timeout: .seconds(600)) },
                Task { try await queue.join() },
                Task { _ = try await queue.join(timeout: .seconds(600)) },
            ]
            try await Task.sleep(for: .milliseconds(50))
            for task in waiting { task.cancel() }
            for task in waiting {
                #expect(await code { try await task.value } == .cancelled)
            }
        }
    }
}
