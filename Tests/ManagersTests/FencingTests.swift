import Managers
import Testing

@Suite(.timeLimit(.minutes(5)))
struct FencingTests {
    private func run(_ body: (Manager) async throws -> Void) async throws {
        try await TestServer.ours(isTCP: false).runClient(body)
    }

    private let old = FencingToken(5)
    private let young = FencingToken(7)

    @Test func whoWasOvertakenIsRefused() async throws {
        try await run { manager in
            let list = try await manager.list([0])
            try await list.fenced(by: old).append(1)
            try await list.fenced(by: young).append(2)
            #expect(await code { try await list.fenced(by: old).append(3) } == .fenced)
            #expect(
                await exception { try await list.fenced(by: old).append(3) } == "PermissionError")
            try await list.write("append", 4, fencedBy: young)
            #expect(await code { try await list.write("append", 5, fencedBy: old) } == .fenced)
            #expect(try await list.getValue() == [0, 1, 2, 4])
        }
    }

    /// Each way by which a proxy calls.
    @Test func allCallsGoUnderTheToken() async throws {
        try await run { manager in
            let dict = try await manager.dict(["a": 1])
            let list = try await manager.list([2, 1])
            let queue = try await manager.queue(of: Int.self)
            let lock = try await manager.lock()
            let (rlock, condition) = (try await manager.rlock(), try await manager.condition())
            let (event, semaphore) = (try await manager.event(), try await manager.semaphore())
            let barrier = try await manager.barrier(1)
            try await dict.fenced(by: young).set(2, forKey: "b")
            try await list.fenced(by: young).sort()
            try await queue.fenced(by: young).put(1)
            #expect(try await queue.fenced(by: young).get() == 1)
            #expect(try await lock.fenced(by: young).tryAcquire())
            #expect(try await event.fenced(by: young).isSet == false)
            try await semaphore.fenced(by: young).acquire()
            try await barrier.fenced(by: young).wait()
            let mine = rlock.fenced(by: young)
            try await mine.withLock {}
            let own = condition.fenced(by: young)
            try await own.acquire()
            try await own.notify()
            try await own.release()

            let (dict5, list5) = (dict.fenced(by: old), list.fenced(by: old))
            let (queue5, lock5) = (queue.fenced(by: old), lock.fenced(by: old))
            let (rlock5, condition5) = (rlock.fenced(by: old), condition.fenced(by: old))
            let calls: [(String, () async throws -> Void)] = [
                ("set", { try await dict5.set(3, forKey: "c") }),
                ("get", { _ = try await dict5["a"] }),
                ("sort", { try await list5.sort() }),
                ("put", { try await queue5.put(1) }),
                ("put in time", { try await queue5.put(1, timeout: .seconds(60)) }),
                ("get", { _ = try await queue5.get() }),
                ("get in time", { _ = try await queue5.get(timeout: .seconds(60)) }),
                ("acquire", { try await lock5.acquire() }),
                ("acquire by lease", { _ = try await lock5.acquire(lease: .seconds(60)) }),
                ("acquire an RLock", { try await rlock5.acquire() }),
                ("acquire a condition", { try await condition5.acquire() }),
                ("set an event", { try await event.fenced(by: old).set() }),
                ("release", { try await semaphore.fenced(by: old).release() }),
                ("wait at a barrier", { try await barrier.fenced(by: old).wait() }),
                ("batch", { _ = try await manager.batch([list5.deferred("append", 1)])[0].get() }),
                ("block", { try list5.blocking.call("append", 1) }),
            ]
            for (name, call) in calls { #expect(await code(call) == .fenced, "\(name)") }
            #expect(try await dict.getValue() == ["a": 1, "b": 2])
            #expect(try await list.getValue() == [1, 2])
        }
    }

    @Test func batchesMayMixTokens() async throws {
        try await run { manager in
            let list = try await manager.list(of: Int.self)
            let calls = try (0..<6).map { index in
                try list.fenced(by: FencingToken([1, 3, 2, 4, 3, 4][index]))
                    .deferred("append", index)
            }
            let results = try await manager.batch(calls)
            let codes = results.map { result -> ManagerError.Code? in
                if case .failure(let error) = result { return error.code }
                return nil
            }
            #expect(codes == [nil, nil, .fenced, nil, .fenced, nil])
            #expect(try await list.getValue() == [0, 1, 3, 5])
        }
    }

    @Test func aFencedProxyIsAProxyOfTheSameObject() async throws {
        try await run { manager in
            let shelf = try await manager.list(of: ListProxy<Int>.self)
            var list: ListProxy<Int>? = try await manager.list([1])
            let fenced = try #require(list).fenced(by: old).fenced(by: young)
            #expect(fenced == list)
            list = nil
            // It keeps the object.
            #expect(try await fenced.count == 1)
            try await shelf.append(fenced)
            let same = try await shelf[0]
            // Without the token.
            try await same.append(2)
            #expect(await code { try await same.fenced(by: old).append(3) } == .fenced)
        }
    }

    @Test func aTokenTravelsAsAnInt() async throws {
        try await run { manager in
            let tokens = try await manager.list([old, young])
            #expect(try await tokens.getValue(as: [Int].self) == [5, 7])
            #expect(try await tokens[1] == young)
            #expect("\(young)" == "7")
        }
    }
}
