import Connections
import Managers
import Sockets
import Testing

/// What becomes of a client when the server, the network or the key is not as it should be.
@Suite(.timeLimit(.minutes(10)))
struct ManagerConnectionTests {
    @Test(arguments: TestServer.all)
    func aWrongKeyIsRefused(_ place: TestServer) async throws {
        try await place.run { server in
            let wrong = try AuthenticationKey.generate()
            #expect(
                await code { _ = try await Manager.connect(to: server.address, authkey: wrong) }
                    == .authenticationFailed)
            let manager = try await server.connect()
            await manager.close()
        }
    }

    @Test func nobodyThereIsUnreachable() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let nowhere = SocketAddress.unix(path: directory.file("none"))
        #expect(
            await code { _ = try await Manager.connect(to: nowhere, authkey: key) } == .unreachable)
    }

    @Test func aSilentServerTimesOut() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let silent = try ListeningSocket(.unix(path: directory.file("s")))
        var limits = ClientLimits()
        limits.connectTimeout = .milliseconds(50)
        #expect(
            await code {
                _ = try await Manager.connect(to: silent.address, authkey: key, limits: limits)
            } == .timedOut)
    }

    @Test func aListenerThatIsNoManagerIsAnUnexpectedReply() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: key)
        async let served: Void = {
            let connection = try await listener.accept()
            _ = try await connection.receiveBytes()
            try await connection.sendBytes(Array("hello".utf8))
        }()
        #expect(
            await code { _ = try await Manager.connect(to: listener.address, authkey: key) }
                == .unexpectedReply)
        try await served
    }

    @Test(arguments: TestServer.all)
    func aThousandCallsGoAtOnce(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let dict = try await manager.dict(Int.self, String.self)
            try await withThrowingTaskGroup { group in
                for number in 0..<1000 {
                    group.addTask {
                        try await dict.set("\(number)", forKey: number)
                        #expect(try await dict[number] == "\(number)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await dict.count == 1000)
        }
    }

    @Test(arguments: TestServer.all)
    func largeValuesGoBothWays(_ place: TestServer) async throws {
        try await place.runClient { manager in
            let big = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            let list = try await manager.list([big])
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await list.append(big)
                        #expect(try await list[0] == big)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await list.count == 9)
        }
    }

    @Test(arguments: TestServer.all)
    func aLostConnectionIsReplaced(_ place: TestServer) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            let list = try await manager.list([1])
            let queue = try await manager.queue(of: Int.self)
            #expect(try await list[0] == 1)
            let waiting = Task { try await queue.get() }
            let cutting = Task {
                while (try? await Task.sleep(for: .milliseconds(100))) != nil { forwarder.cut() }
            }
            #expect(await code { _ = try await waiting.value } == .connectionLost)
            cutting.cancel()
            await cutting.value
            #expect(try await list[0] == 1)
            if place.isOurs {
                // A thread of CPython's may still wait for the lost client, and take the item.
                try await queue.put(2)
                #expect(try await queue.get() == 2)
            }
            await manager.close()
            forwarder.stop()
        }
    }

    @Test(arguments: TestServer.all)
    func aReplyThatIsTooLargeIsNotTheEnd(_ place: TestServer) async throws {
        try await place.run { server in
            var limits = ClientLimits()
            limits.messageSize = 100_000
            let manager = try await Manager.connect(
                to: server.address, authkey: server.key, limits: limits)
            let list = try await manager.list(of: [UInt8].self)
            for _ in 0..<3 { try await list.append([UInt8](repeating: 1, count: 50_000)) }
            #expect(await code { _ = try await list.elements() } == .messageTooLarge)
            #expect(try await list.count == 3)
            #expect(try await list.get(0).count == 50_000)
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func whatWasCountedIsCountedAfterAConnectionWasLost(_ place: TestServer) async throws {
        try await place.run { server in
            let forwarder = try await Forwarder(to: server.address, in: server.directory)
            let other = try await server.connect()
            let manager = try await Manager.connect(to: forwarder.address, authkey: server.key)
            var list: ListProxy<Int>? = try await manager.list([1])
            let copy: ListProxy<Int>? = try await other.list([2])
            #expect(try await manager.numberOfObjects() == 2)
            for _ in 0..<3 {
                forwarder.cut()
                try await eventually { try await list?.count == 1 }
                #expect(try await other.numberOfObjects() == 2)
            }
            list = nil
            try await eventually { try await other.numberOfObjects() == 1 }
            #expect(try await copy?[0] == 2)
            await manager.close()
            await other.close()
            forwarder.stop()
        }
    }

    @Test(arguments: TestServer.swift)
    func aServerThatEndsIsALostConnection(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let queue = try await manager.queue(of: Int.self)
            async let waiting = code { _ = try await queue.get() }
            try await Task.sleep(for: .milliseconds(20))
            try await manager.shutdown()
            #expect(await waiting == .connectionLost)
            #expect(await code { _ = try await queue.count } == .closed)
            await manager.close()
        }
    }

    @Test func aHangingServerIsGivenUp() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: key)
        var limits = ClientLimits()
        limits.callTimeout = .milliseconds(50)
        async let peer = listener.accept()
        let given = await code {
            _ = try await Manager.connect(to: listener.address, authkey: key, limits: limits)
        }
        #expect(given == .timedOut)
        try await peer.close()
    }
}
