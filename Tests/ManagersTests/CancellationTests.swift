import Managers
import Pickle
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

    /// Calls that cannot wait are answered, also where their task is cancelled meanwhile.
    @Test(arguments: TestServer.all)
    func aCancelledGetNoWaitLosesNoItem(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self)
            for item in 0..<100 { try await queue.put(item) }
            var taken: [Int] = []
            while try await queue.count > 0 {
                let getters = (0..<8).map { _ in Task { try await queue.getNoWait() } }
                try await Task.sleep(for: .microseconds(Int.random(in: 0..<900)))
                for getter in getters { getter.cancel() }
                for getter in getters {
                    if case .success(let item?) = await getter.result { taken.append(item) }
                }
            }
            #expect(taken.sorted() == Array(0..<100))
        }
    }

    /// A server of this house has taken the call out of its line.
    @Test(arguments: TestServer.swift)
    func nothingHasComeOfACancelledWait(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let queue = try await manager.queue(of: Int.self, maxsize: 1)
            try await queue.put(0)
            let putter = Task { try await queue.put(1) }
            try await Task.sleep(for: .milliseconds(20))
            putter.cancel()
            let error = await #expect(throws: ManagerError.self) { try await putter.value }
            #expect(error?.code == .cancelled)
            #expect(error?.isOutcomeUnknown == false)
        }
    }

    /// A manager that is closed leaves no wait behind that takes something for nobody.
    @Test(arguments: TestServer.all)
    func whoeverWaitsForALockWhileHisManagerIsClosedLeavesItFree(
        _ place: TestServer
    ) async throws {
        try await place.run { server in
            let (keeper, other) = (try await server.connect(), try await server.connect())
            let lock = try await keeper.lock()
            let same = try await other.decode(
                LockProxy.self, fromPickle: try PickleEncoder().encode(lock))
            try await lock.acquire()
            let waiting = Task { try await same.acquire() }
            try await Task.sleep(for: .milliseconds(100))
            await other.close()
            await #expect(throws: ManagerError.self) { try await waiting.value }
            try await lock.release()
            let isFree = try await lock.tryAcquire()
            #expect(isFree)
            await keeper.close()
        }
    }
}
