import Foundation
import Multiprocessing
import Processes
import Testing

/// Swift clients that are killed: what they held goes to the living, and what they waited for is
/// not given to the dead. (For stock Python clients see InteropTests.)
@Suite(.timeLimit(.minutes(5)))
struct DeathTests {
    /// A server of this process, a client of it, and others that are killed.
    private struct Place {
        let address: SocketAddress
        let key: AuthenticationKey
        let manager: Manager

        /// Starts a client that does something, and waits until it has got so far.
        func start(_ deed: Holder.Deed) async throws -> LaunchedProcess {
            let child = try await LaunchedProcess.start(
                Holder(address: address.description, authkey: key.bytes, deed: deed))
            _ = try await child.link.receive()
            return child
        }

        func kill(_ child: LaunchedProcess) async throws {
            SystemProcess(number: child.identifier).send(SIGKILL)
            _ = try await child.wait()
        }

        /// The same for a call that waits, which has surely begun by then.
        func startAndKill(_ deed: Holder.Deed) async throws {
            let child = try await start(deed)
            try await Task.sleep(for: .milliseconds(200))
            try await kill(child)
            // Until the server has seen it too: a client's connection is gone with it.
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func run(
        _ isTCP: Bool, _ release: ReleasePolicy = .died, _ body: (Place) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let server = try ManagerServer(
            at: [isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))],
            authkey: key, release: release)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            defer { server.shutdown() }
            let manager = try await Manager.connect(to: server.addresses[0], authkey: key)
            try await body(Place(address: server.addresses[0], key: key, manager: manager))
            await manager.close()
        }
    }

    @Test(arguments: [false, true], [ReleasePolicy.died, .disconnected])
    func whatTheDeadHeldIsFree(isTCP: Bool, release: ReleasePolicy) async throws {
        try await run(isTCP, release) { place in
            let manager = place.manager
            let lock = try await manager.lock(named: "lock")
            let rlock = try await manager.rlock(named: "rlock")
            let semaphore = try await manager.semaphore(named: "semaphore")
            let bounded = try await manager.boundedSemaphore(named: "boundedSemaphore")
            let condition = try await manager.condition(named: "condition")
            let tries: [() async throws -> Bool] = [
                { try await lock.tryAcquire() }, { try await semaphore.tryAcquire() },
                { try await bounded.tryAcquire() }, { try await rlock.tryAcquire() },
                { try await condition.tryAcquire() },
            ]
            for (deed, tryToAcquire) in zip(Holder.Deed.holding, tries) {
                let child = try await place.start(deed)
                #expect(try await !tryToAcquire(), "\(deed)")
                try await place.kill(child)
                try await eventually(tryToAcquire)
            }
        }
    }

    @Test(arguments: [false, true])
    func itGoesToWhoWaits(isTCP: Bool) async throws {
        try await run(isTCP) { place in
            let lock = try await place.manager.lock(named: "lock")
            let child = try await place.start(.lock)
            async let granted = lock.acquire(timeout: .seconds(60))
            try await Task.sleep(for: .milliseconds(100))
            try await place.kill(child)
            #expect(try await granted)
        }
    }

    @Test(arguments: [false, true])
    func whoClosesLeavesItLocked(isTCP: Bool) async throws {
        try await run(isTCP) { place in
            let lock = try await place.manager.lock(named: "lock")
            let child = try await place.start(.acquireAndClose)
            try await place.kill(child)
            try await Task.sleep(for: .milliseconds(200))
            if isTCP { #expect(try await !lock.tryAcquire()) }
            // Over a Unix socket it is the process that counts, and that was killed.
            if !isTCP { try await eventually { try await lock.tryAcquire() } }
        }
    }

    @Test(arguments: [false, true])
    func aWaiterThatDiesGetsNothing(isTCP: Bool) async throws {
        try await run(isTCP) { place in
            let manager = place.manager
            let lock = try await manager.lock(named: "lock")
            try await lock.acquire()
            try await place.startAndKill(.waitForLock)
            try await lock.release()
            #expect(try await lock.tryAcquire())

            let semaphore = try await manager.semaphore(named: "semaphore")
            try await semaphore.acquire()
            try await place.startAndKill(.waitForSemaphore)
            try await semaphore.release()
            #expect(try await semaphore.tryAcquire())

            let queue = try await manager.queue(of: Int.self, maxsize: 1, named: "queue")
            try await place.startAndKill(.waitForItem)
            try await queue.put(1)
            try await place.startAndKill(.waitForRoom)
            #expect(try await queue.get() == 1)
            #expect(try await queue.getNoWait() == nil)
        }
    }

    @Test(arguments: [false, true])
    func aWaiterThatDiesIsInNobodysWay(isTCP: Bool) async throws {
        try await run(isTCP) { place in
            let manager = place.manager
            let condition = try await manager.condition(named: "condition")
            try await place.startAndKill(.waitForCondition)
            #expect(try await condition.acquire(timeout: .seconds(60)))
            try await condition.notify()
            #expect(try await !condition.wait(timeout: .milliseconds(50)))
            try await condition.release()

            let barrier = try await manager.barrier(2, named: "barrier")
            try await place.startAndKill(.waitForBarrier)
            try await eventually { try await barrier.waitingParties == 0 }
            async let first = barrier.wait(timeout: .seconds(60))
            async let second = barrier.wait(timeout: .seconds(60))
            #expect(try await Set([first, second]) == [0, 1])

            let event = try await manager.event(named: "event")
            try await place.startAndKill(.waitForEvent)
            try await event.set()
            #expect(try await event.wait(timeout: .seconds(60)))
        }
    }

    @Test(arguments: [false, true])
    func whatOnlyTheDeadReferredToGoes(isTCP: Bool) async throws {
        try await run(isTCP) { place in
            let mine = try await place.manager.list([1])
            let child = try await place.start(.own)
            #expect(try await place.manager.numberOfObjects() == 3)
            try await place.kill(child)
            try await eventually { try await place.manager.numberOfObjects() == 1 }
            #expect(try await mine.count == 1)
        }
    }

    @Test func neverMeansNever() async throws {
        try await run(false, .never) { place in
            let lock = try await place.manager.lock(named: "lock")
            let child = try await place.start(.lock)
            try await place.kill(child)
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await !lock.tryAcquire())
        }
    }
}
