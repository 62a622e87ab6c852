import Foundation
import Multiprocessing
import Processes
import Testing

/// How a server in a process of its own begins and ends.
@Suite(.timeLimit(.minutes(5)))
struct ManagerStartTests {
    private func directory(of manager: Manager) throws -> String {
        guard case .unix(let path) = manager.address else {
            throw CocoaError(.fileNoSuchFile)
        }
        return URL(fileURLWithPath: path).deletingLastPathComponent().path
    }

    private func process(of manager: Manager) throws -> SystemProcess {
        SystemProcess(number: try #require(manager.serverProcess))
    }

    @Test func aStartedServerSharesObjects() async throws {
        let manager = try await Manager.start(shared: [("jobs", "Queue")])
        let dict = try await manager.dict(["a": 1])
        try await dict.set(2, forKey: "b")
        let second = try await Manager.connect(to: manager.address, authkey: manager.authkey)
        try await second.queue(of: Int.self, shared: "jobs").put(5)
        #expect(try await manager.queue(of: Int.self, shared: "jobs").get() == 5)
        #expect(try await dict.copy() == ["a": 1, "b": 2])
        #expect(manager.serverProcess != getpid())
        #expect(second.serverProcess == nil)
        await second.close()
        try await manager.shutdown()
    }

    @Test func onlyThisUserMayEnterItsDirectory() async throws {
        let manager = try await Manager.start()
        let path = try directory(of: manager)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        try await manager.shutdown()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aShutdownLeavesNoProcess() async throws {
        let manager = try await Manager.start()
        let process = try process(of: manager)
        #expect(try await manager.join(timeout: .milliseconds(20)) == false)
        let list = try await manager.list([1])
        try await manager.shutdown()
        #expect(!process.exists)
        #expect(try await manager.join())
        #expect(await code { _ = try await list.count } == .closed)
        #expect(await code { _ = try await manager.list([1]) } == .closed)
        try await manager.shutdown()
        await manager.close()
    }

    @Test func twoMayShutDownAtOnce() async throws {
        let manager = try await Manager.start()
        async let one: Void = manager.shutdown()
        async let other: Void = manager.shutdown()
        _ = try await (one, other)
        let process = try process(of: manager)
        #expect(!process.exists)
    }

    @Test func aClientMayShutDownAServerThatItHasNotStarted() async throws {
        let manager = try await Manager.start()
        let client = try await Manager.connect(to: manager.address, authkey: manager.authkey)
        let list = try await client.list([1])
        try await client.shutdown()
        try await client.shutdown()
        #expect(await code { _ = try await list.count } == .closed)
        #expect(try await client.join())
        #expect(try await manager.join())
        await manager.close()
    }

    @Test func closingEndsAStartedServer() async throws {
        let manager = try await Manager.start()
        await manager.close()
        let process = try process(of: manager)
        #expect(!process.exists)
    }

    @Test func theLastCopyEndsAStartedServer() async throws {
        var manager: Manager? = try await Manager.start()
        var list: ListProxy<Int>? = try await manager?.list([1])
        let process = try process(of: #require(manager))
        manager = nil
        #expect(try await list?.count == 1)
        list = nil
        try await process.waitUntilGone()
        try await eventually { !process.exists }
    }

    @Test func aKilledParentTakesItsServerWithIt() async throws {
        let owner = try await LaunchedProcess.start(Owner())
        let words = String(decoding: try await owner.link.receive(), as: UTF8.self)
            .split(separator: " ")
        let server = SystemProcess(number: try #require(Int32(words[0])))
        let path = String(words[1].dropFirst("unix://".count))
        #expect(server.isRunning && FileManager.default.fileExists(atPath: path))
        owner.send(.kill)
        _ = try await owner.wait()
        try await server.waitUntilGone()
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try await eventually { !FileManager.default.fileExists(atPath: directory) }
    }

    @Test func aKilledServerLeavesNothingBehind() async throws {
        let manager = try await Manager.start()
        let path = try directory(of: manager)
        let process = try process(of: manager)
        let barrier = try await manager.barrier(2)
        async let waiting = code { _ = try await barrier.wait() }
        try await eventually { try await barrier.waitingParties == 1 }
        process.send(SIGKILL)
        #expect(await waiting == .connectionLost)
        #expect(try await manager.join())
        #expect(!process.exists)
        try await eventually { !FileManager.default.fileExists(atPath: path) }
        #expect(await code { _ = try await barrier.waitingParties } == .unreachable)
        try await manager.shutdown()
    }

    @Test func aStuckServerIsKilled() async throws {
        var limits = ClientLimits()
        limits.shutdownTimeout = .milliseconds(50)
        let manager = try await Manager.start(clientLimits: limits)
        let process = try process(of: manager)
        process.send(SIGSTOP)
        try await manager.shutdown()
        #expect(!process.exists)
    }

    @Test func ctrlCEndsNoServer() async throws {
        let manager = try await Manager.start()
        let process = try process(of: manager)
        process.send(SIGINT)
        #expect(try await manager.list([1]).count == 1)
        process.send(SIGTERM)
        #expect(try await manager.join())
        await manager.close()
    }

    @Test(arguments: [false, true])
    func anAddressInUseIsAnError(_ isTCP: Bool) async throws {
        let directory = try TemporaryDirectory()
        let address: SocketAddress =
            isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))
        let manager = try await Manager.start(at: address)
        #expect(await code { _ = try await Manager.start(at: manager.address) } == .addressInUse)
        #expect(try await manager.list([1]).count == 1)
        try await manager.shutdown()
        // It is free again at once.
        try await Manager.start(at: manager.address).shutdown()
    }

    @Test func anUnknownTypeIsAnError() async throws {
        #expect(
            await code { _ = try await Manager.start(shared: [("jobs", "Nonsense")]) }
                == .unknownType)
    }

    @Test func aSetupOffersTypesInTheServersProcess() async throws {
        try await withManager(Places(name: "here")) { manager in
            let place: ObjectProxy = try await manager.create("Place")
            let process: Int32 = try await place.callWaiting("process")
            #expect(process == manager.serverProcess)
            #expect(try await place.callWaiting("name") as String == "here")
            #expect(try await place.callWaiting("main") as Bool)
        }
    }

    @Test func aSetupIsRunFirst() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("first")
        try await withManager(First(file: file)) { manager in
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text == "started")
            #expect(try await manager.list([1]).count == 1)
        }
    }

    @Test func whatASetupThrowsIsToldByStart() async throws {
        do {
            _ = try await Manager.start(First(file: nil))
            Issue.record("it started")
        } catch {
            #expect(error.code == .startFailed)
            #expect(error.reason.contains("there is no file"))
        }
    }

    @Test func aServerThatDiesAtItsStartIsAnError() async throws {
        do {
            _ = try await Manager.start(Suicidal())
            Issue.record("it started")
        } catch {
            #expect(error.code == .startFailed)
            #expect(error.reason.contains("signal 9"))
        }
    }

    @Test func aCancelledStartLeavesNoProcess() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("pid")
        let starting = Task { try await Manager.start(Endless(file: file)) }
        var number: Int32?
        try await eventually {
            number = (try? String(contentsOfFile: file, encoding: .utf8)).flatMap(Int32.init)
            return number != nil
        }
        starting.cancel()
        #expect(await code { _ = try await starting.value } == .cancelled)
        try await SystemProcess(number: try #require(number)).waitUntilGone()
    }

    @Test func theServersLimitsTravel() async throws {
        var limits = ServerLimits()
        limits.objects = 1
        try await withManager(limits: limits) { manager in
            let list = try await manager.list([1])
            #expect(await code { _ = try await manager.list([1]) } == .remote)
            #expect(try await list.count == 1)
        }
    }

    // MARK: withManager

    @Test func anErrorEndsTheServerToo() async throws {
        var process: SystemProcess?
        await #expect(throws: CocoaError.self) {
            try await withManager { manager in
                process = try self.process(of: manager)
                throw CocoaError(.fileNoSuchFile)
            }
        }
        #expect(process?.exists == false)
    }

    @Test func cancellationEndsTheServerToo() async throws {
        let task = Task {
            var process: SystemProcess?
            _ = try? await withManager { manager in
                process = try self.process(of: manager)
                let queue = try await manager.queue(of: Int.self)
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await queue.get()
            }
            return process
        }
        let process = await task.value
        #expect(process?.exists == false)
    }

    @Test func aConnectedManagerLeavesTheServerAlone() async throws {
        try await withManager { manager in
            let count = try await withManager(
                connectedTo: manager.address, authkey: manager.authkey
            ) { other in
                try await other.list([1, 2]).count
            }
            #expect(count == 2)
            try await eventually { try await manager.numberOfObjects() == 0 }
        }
    }
}
