import Managers
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LeaseTests {
    private func run(
        _ place: TestServer = .ours(isTCP: false),
        _ body: (RunningServer, Manager) async throws -> Void
    ) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            try await body(server, manager)
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func tokensGrowFromHolderToHolder(_ place: TestServer) async throws {
        try await run(place) { _, manager in
            let (lock, rlock) = (try await manager.lock(), try await manager.rlock())
            let (semaphore, bounded) = (
                try await manager.semaphore(2), try await manager.boundedSemaphore(2)
            )
            var tokens: [FencingToken] = []
            for _ in 0..<3 {
                tokens.append(try await lock.withLock { token in token })
                tokens.append(try await rlock.withLock { token in token })
                tokens.append(try await semaphore.withPermit { token in token })
                tokens.append(try await bounded.withPermit { token in token })
                tokens.append(try await lock.withLock(lease: .seconds(60)) { token in token })
                tokens.append(try await rlock.withLock(lease: .seconds(60)) { token in token })
                tokens.append(try await semaphore.withPermit(lease: .seconds(60)) { $0 })
            }
            #expect(tokens == tokens.sorted())
            #expect(Set(tokens).count == tokens.count)
            #expect(try await lock.tryAcquire())
            #expect(try await rlock.tryAcquire())
            #expect(try await semaphore.tryAcquire())
            #expect(try await semaphore.tryAcquire())
        }
    }

    @Test func aBodyWithoutATokenIsCalledAsBefore() async throws {
        try await run { _, manager in
            let lock = try await manager.lock()
            let result = try await lock.withLock { 1 }
            let other = try await lock.withLock(timeout: .seconds(60)) { 2 }
            #expect(result + other == 3)
        }
    }

    @Test func theNextServersTokensAreGreater() async throws {
        var tokens: [FencingToken] = []
        for _ in 0..<3 {
            try await run { _, manager in
                let lock = try await manager.lock()
                for _ in 0..<100 { tokens.append(try await lock.withLock { token in token }) }
            }
        }
        #expect(zip(tokens, tokens.dropFirst()).allSatisfy(<))
    }

    @Test(arguments: TestServer.swift)
    func aLeaseThatIsNotRenewedRunsOut(_ place: TestServer) async throws {
        try await run(place) { _, manager in
            let lock = try await manager.lock()
            let taken = try await lock.acquire(lease: .milliseconds(200))
            let lease = try #require(taken)
            // Waits in line, and gets it without anybody's release.
            let next = try await lock.acquire(lease: .seconds(60), timeout: .seconds(60))
            #expect(try #require(next).token > lease.token)
            #expect(await code { try await lease.renew() } == .leaseLost)
            #expect(await code { try await lease.release() } == .leaseLost)
            #expect(try await !lock.tryAcquire())
            try await next?.release()
            #expect(try await lock.tryAcquire())
        }
    }

    @Test func aLeaseThatIsRenewedLasts() async throws {
        try await run { _, manager in
            let rlock = try await manager.rlock()
            let other = rlock.anotherOwner()
            let taken = try await rlock.acquire(lease: .seconds(6))
            let lease = try #require(taken)
            for _ in 0..<4 {
                try await Task.sleep(for: .seconds(2))
                try await lease.renew()
            }
            #expect(try await !other.tryAcquire())
            try await lease.release()
            #expect(try await other.tryAcquire())
        }
    }

    @Test(arguments: TestServer.swift)
    func aBodyMayTakeLongerThanItsLease(_ place: TestServer) async throws {
        try await run(place) { _, manager in
            let (lock, rlock) = (try await manager.lock(), try await manager.rlock())
            let semaphore = try await manager.semaphore(1)
            try await lock.withLock(lease: .seconds(2)) { _ in
                try await rlock.withLock(lease: .seconds(2)) { _ in
                    try await semaphore.withPermit(lease: .seconds(2)) { _ in
                        try await Task.sleep(for: .seconds(5))
                        let isHeld = (
                            try await !lock.tryAcquire(),
                            try await !rlock.anotherOwner().tryAcquire(),
                            try await !semaphore.tryAcquire()
                        )
                        #expect(isHeld == (true, true, true))
                    }
                }
            }
            #expect(try await lock.tryAcquire())
            #expect(try await rlock.tryAcquire())
            #expect(try await semaphore.tryAcquire())
        }
    }

    @Test func oneWhoWaitedForLongHasHisWholeLease() async throws {
        try await run { _, manager in
            let lock = try await manager.lock()
            let first = try await lock.acquire(lease: .seconds(3))
            let token = try await lock.withLock(lease: .seconds(8)) { token in
                try await Task.sleep(for: .seconds(6))
                return token
            }
            #expect(try #require(first).token < token)
        }
    }

    private struct Mishap: Error {}

    @Test func itIsGivenBackWhateverHappens() async throws {
        try await run { _, manager in
            let lock = try await manager.lock()
            await #expect(throws: Mishap.self) {
                try await lock.withLock(lease: .seconds(60)) { _ in throw Mishap() }
            }
            let task = Task {
                try await lock.withLock(lease: .seconds(60)) { _ in
                    try await Task.sleep(for: .seconds(600))
                }
            }
            try await eventually { try await lock.fencingToken != nil }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await lock.tryAcquire())
        }
    }

    /// Who is cancelled holds the lock until he has ended, however long that takes.
    @Test func aCancelledBodyKeepsItsLeaseUntilItEnds() async throws {
        try await run { _, manager in
            let lock = try await manager.lock()
            let isWithin = Atomic(false)
            let task = Task {
                try await lock.withLock(lease: .seconds(2)) { _ in
                    isWithin.store(true, ordering: .relaxed)
                    try? await Task.sleep(for: .seconds(600))
                    // Cleans up.
                    try await Task { try await Task.sleep(for: .seconds(5)) }.value
                    return try await Task { try await lock.tryAcquire() }.value
                }
            }
            try await eventually { isWithin.load(ordering: .relaxed) }
            task.cancel()
            #expect(try await task.value == false)
        }
    }

    @Test func aReleaseBySomebodyElseCancelsTheBody() async throws {
        try await run { _, manager in
            let lock = try await manager.lock()
            let wasCancelled = Atomic(false)
            let task = Task {
                try await lock.withLock(lease: .seconds(9)) { _ in
                    do {
                        try await Task.sleep(for: .seconds(600))
                    } catch {
                        wasCancelled.store(true, ordering: .relaxed)
                        throw error
                    }
                }
            }
            try await eventually { try await lock.fencingToken != nil }
            try await lock.release()
            #expect(await code { try await task.value } == .leaseLost)
            let isSo = wasCancelled.load(ordering: .relaxed)
            #expect(isSo)
        }
    }

    /// The server is not to be reached any more: the holder ends before others may have the lock.
    @Test(arguments: [true, false])
    func whoCannotRenewIsCancelledInTime(isCut: Bool) async throws {
        try await run { server, manager in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            defer { forwarder.stop() }
            var limits = ClientLimits()
            limits.reconnectTimeout = .milliseconds(100)
            let far = try await Manager.connect(
                to: forwarder.address, authkey: server.key, limits: limits)
            let name = "lock"
            let lock = try await manager.lock(named: name)
            let farLock = try await far.lock(named: name)
            let isWithin = Atomic(false)
            let task = Task {
                try await farLock.withLock(lease: .seconds(3)) { _ in
                    isWithin.store(true, ordering: .relaxed)
                    try await Task.sleep(for: .seconds(600))
                }
            }
            try await eventually { isWithin.load(ordering: .relaxed) }
            if isCut { forwarder.stop() } else { forwarder.swallow() }
            #expect(await code { try await task.value } == .leaseLost)
            #expect(try await lock.acquire(timeout: .seconds(60)))
            // Nothing answers there.
            if isCut { await far.close() }
        }
    }

    @Test func nobodyWaitsLongerThanToldFor() async throws {
        try await run { _, manager in
            let lock = try await manager.lock()
            try await lock.acquire()
            #expect(try await lock.acquire(lease: .seconds(1), timeout: .zero) == nil)
            #expect(
                await code { try await lock.withLock(lease: .seconds(1), timeout: .zero) { _ in } }
                    == .timedOut)
            #expect(
                await code { try await lock.withLock(timeout: .zero) { (_: FencingToken) in } }
                    == .timedOut)
        }
    }

    @Test func partiesOfABarrierGetItsToken() async throws {
        try await run { _, manager in
            let barrier = try await manager.barrier(2)
            async let first = barrier.waitForToken()
            async let second = barrier.waitForToken(timeout: .seconds(60))
            let both = try await [first, second]
            #expect(Set(both.map(\.index)) == [0, 1])
            #expect(both[0].token == both[1].token)
        }
    }

    @Test(arguments: TestServer.python.prefix(1))
    func aCPythonServerHasNoLeases(_ place: TestServer) async throws {
        try await run(place) { _, manager in
            let (lock, rlock) = (try await manager.lock(), try await manager.rlock())
            #expect(
                await code { try await lock.withLock(lease: .seconds(1)) { _ in } } == .unsupported)
            #expect(
                await code { try await rlock.withLock { (_: FencingToken) in } } == .unsupported)
        }
    }
}
