import Foundation
import Multiprocessing
import Testing

/// What a client has of a server that is killed and started again at the same address. (For
/// CPython's see ManagersTests.)
@Suite(.timeLimit(.minutes(5)))
struct ReconnectionTests {
    /// One server after the other at one address, each in a process of its own.
    private actor Place {
        let key: AuthenticationKey
        private let directory: TemporaryDirectory
        private(set) var address: SocketAddress
        private var owner: Manager?

        init(isTCP: Bool) async throws {
            directory = try TemporaryDirectory()
            key = try AuthenticationKey.generate()
            address = isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))
            try await start()
        }

        func start() async throws {
            let manager = try await Manager.start(
                at: address, authkey: key, shared: [("jobs", "Queue")])
            address = manager.address
            owner = manager
        }

        func kill() async throws {
            let process = try #require(owner?.serverProcess)
            SystemProcess(number: process).send(SIGKILL)
            try await owner?.join()
        }

        func end() async { await owner?.close() }
    }

    @Test(arguments: [false, true])
    func aServerThatCameBackIsFoundAgain(_ isTCP: Bool) async throws {
        let place = try await Place(isTCP: isTCP)
        let manager = try await Manager.connect(to: place.address, authkey: place.key)
        let dict = try await manager.dict(["a": 1])
        let named = try await manager.dict(["a": 1], named: "config")
        let jobs = try await manager.queue(of: Int.self, shared: "jobs")
        let barrier = try await manager.barrier(2)
        async let waiting = error { _ = try await barrier.wait() }
        try await eventually { try await barrier.waitingParties == 1 }
        try await place.kill()
        let lost = await waiting
        #expect(lost?.code == .connectionLost && lost?.isOutcomeUnknown == true)
        // Begun while nobody is there; it must not matter to a call how long that takes.
        async let made = manager.dict(["b": 2])
        async let again = manager.queue(of: Int.self, shared: "jobs")
        async let gone = error { _ = try await dict.copy() }
        try await place.start()
        #expect(try await made.copy() == ["b": 2])
        let reason = await gone
        #expect(reason?.code == .objectGone && reason?.isOutcomeUnknown == false)
        #expect(reason?.reason.contains("dict \(dict.token.id) is gone") == true)
        #expect(reason?.reason.contains("started anew") == true)
        #expect(await error { _ = try await named.copy() }?.code == .objectGone)
        let found = try await manager.dict(String.self, Int.self, named: "config")
        #expect(try await found.count == 0)
        #expect(await error { try await jobs.put(1) }?.code == .objectGone)
        let newJobs = try await again
        try await newJobs.put(5)
        #expect(try await newJobs.get() == 5)
        await manager.close()
        await place.end()
    }

    @Test func aServerThatStaysAwayIsUnreachable() async throws {
        let place = try await Place(isTCP: false)
        var limits = ClientLimits()
        limits.reconnectTimeout = .milliseconds(50)
        let manager = try await Manager.connect(
            to: place.address, authkey: place.key, limits: limits)
        let list = try await manager.list([1])
        try await place.kill()
        let first = await error { _ = try await list.count }
        #expect(first?.code == .unreachable && first?.isOutcomeUnknown == false)
        #expect(await error { _ = try await manager.list([1]) }?.code == .unreachable)
        await manager.close()
        await place.end()
    }

    @Test func waitingForAServerCanBeCancelled() async throws {
        let place = try await Place(isTCP: false)
        let manager = try await Manager.connect(to: place.address, authkey: place.key)
        let list = try await manager.list([1])
        try await place.kill()
        let calling = Task { await error { _ = try await list.count } }
        let making = Task { await error { _ = try await manager.list([1]) } }
        calling.cancel()
        making.cancel()
        #expect(await calling.value?.code == .cancelled)
        #expect(await making.value?.code == .cancelled)
        await manager.close()
        await place.end()
    }

    @Test func aStartedServerThatDiedIsNotWaitedFor() async throws {
        let manager = try await Manager.start()
        let list = try await manager.list([1])
        SystemProcess(number: try #require(manager.serverProcess)).send(SIGKILL)
        try await manager.join()
        let next = await error { _ = try await list.count }
        #expect(next?.code == .unreachable)
        #expect(next?.reason.contains("signal 9") == true)
        await manager.close()
    }

    private func error(_ body: () async throws -> Void) async -> ManagerError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? ManagerError
        }
    }
}
