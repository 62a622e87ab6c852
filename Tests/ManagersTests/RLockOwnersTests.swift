import Managers
import Testing

/// Whose a hold is that its task has left behind, lent, or given on.
@Suite(.timeLimit(.minutes(10)))
struct RLockOwnersTests {
    /// A task that comes later may lie where the one that holds has lain.
    @Test(arguments: TestServer.all)
    func whatATaskLeavesBehindIsNoOtherTasks(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            try await Task { try await lock.acquire() }.value
            for _ in 0..<100 {
                let others = Task { try await lock.tryAcquire() }
                #expect(try await others.value == false)
            }
        }
    }

    @Test(arguments: TestServer.swift)
    func aLeaseThatIsHandedOnIsNoOtherTasks(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            async let taking = lock.acquire(lease: .seconds(60))
            let lease = try await taking
            for _ in 0..<100 {
                async let others = lock.tryAcquire()
                #expect(try await others == false)
            }
            try await lease?.release()
            #expect(try await lock.tryAcquire())
        }
    }

    /// A task that a leased body has started, and that goes on when the body has ended.
    @Test(arguments: TestServer.swift)
    func whoGoesOnAfterTheBodyIsTheOwnerNoMore(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let (beginning, begin) = AsyncStream<Void>.makeStream()
            let stray = try await lock.withLock(lease: .seconds(60)) { _ in
                Task {
                    for await _ in beginning { break }
                    return try await lock.tryAcquire()
                }
            }
            let isIn = Task {
                try await lock.withLock {
                    begin.yield()
                    return try await stray.value
                }
            }
            #expect(try await isIn.value == false)
        }
    }

    /// A task that the inner of two leased bodies has started belongs to the outer one too.
    @Test(arguments: TestServer.swift)
    func whoGoesOnAfterTheInnerBodyIsTheOuterOnesOwner(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let isIn = try await lock.withLock(lease: .seconds(60)) { _ in
                let (beginning, begin) = AsyncStream<Void>.makeStream()
                let inner = try await lock.withLock(lease: .seconds(60)) { _ in
                    Task {
                        for await _ in beginning { break }
                        let isIn = try await lock.tryAcquire()
                        if isIn { try await lock.release() }
                        return isIn
                    }
                }
                begin.yield()
                return try await inner.value
            }
            #expect(isIn)
        }
    }

    /// Another lock's proxy may lie where that of the body's lock has lain.
    @Test(arguments: TestServer.swift)
    func theOwnerOfOneLockIsNotThatOfAnother(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let first = try await manager.rlock()
            let second = try await manager.rlock()
            let (beginning, begin) = AsyncStream<Void>.makeStream()
            let stray = try await RLockProxy(first.reference).withLock(lease: .seconds(60)) { _ in
                Task {
                    for await _ in beginning { break }
                    for _ in 0..<50 {
                        let proxy = RLockProxy(second.reference)
                        try await proxy.acquire()
                        #expect(try await second.anotherOwner().tryAcquire() == false)
                        try await proxy.release()
                    }
                }
            }
            begin.yield()
            try await stray.value
        }
    }

    /// Who gives a lease back twice takes nothing from others.
    @Test(arguments: TestServer.swift)
    func aLeaseThatIsOverEndsNobodysHold(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let lock = try await manager.rlock()
            let lease = try #require(try await lock.acquire(lease: .seconds(60)))
            try await lease.release()
            try await lock.acquire()
            try await lock.release()
            let others = Task {
                try await lock.withLock {
                    let end = await code { try await lease.release() }
                    #expect(end != nil)
                    let isFree = try await lock.anotherOwner().tryAcquire()
                    #expect(!isFree)
                }
            }
            try await others.value
        }
    }
}
