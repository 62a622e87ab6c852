import Connections
import Pickle
import Sockets
import Testing

@testable import Managers

/// What has its time: it does not end before that, it does in the end, and others are served
/// meanwhile.
@Suite(.timeLimit(.minutes(5)))
struct TimeLimitsTests {
    private let clock = ContinuousClock()
    private let time = Duration.milliseconds(400)

    /// A client, and a time before which it said nothing. Under such limits it is no client where
    /// this process is held up for that long.
    private func comer(
        _ server: RunningServer
    ) async throws -> (since: ContinuousClock.Instant, client: RawClient) {
        while true {
            let since = clock.now
            if let client = try? await RawClient(server) { return (since, client) }
            try #require(clock.now - since >= time)
        }
    }

    /// Half a message is as little an answer as none, and does not prolong it.
    @Test(arguments: TestServer.swift, [0, 3, 30])
    func aPeerHasItsTimeToAuthenticate(place: TestServer, sent: Int) async throws {
        var limits = ServerLimits()
        limits.handshakeTimeout = time
        try await place.run(limits: limits) { server in
            let witness = try await comer(server).client
            let start = clock.now
            let peer = try RawSocket(server.address)
            #expect(try await peer.frame() != nil)
            try await Task.sleep(for: time / 4)
            try await peer.send(Array((frameHeader(40) + Array("{sha256}".utf8)).prefix(sent)))
            #expect(try await witness.isServed())
            #expect(try await peer.frame() == nil)
            #expect(clock.now - start >= time)
            // Who was let in in time stays.
            #expect(try await witness.isServed())
        }
    }

    @Test(arguments: TestServer.swift)
    func aClientMayBeSilentForItsTime(place: TestServer) async throws {
        var limits = ServerLimits()
        limits.idleTime = time
        try await place.run(limits: limits) { server in
            let (start, silent) = try await comer(server)
            async let end = {
                #expect(await silent.isClosedByPeer())
                return clock.now
            }()
            var (heard, talker) = try await comer(server)
            while clock.now - start < time * 3 {
                try await Task.sleep(for: time / 8)
                let now = clock.now
                guard (try? await talker.isServed()) == true else {
                    // This process may have been held up for that long.
                    try #require(clock.now - heard >= time)
                    (heard, talker) = try await comer(server)
                    continue
                }
                heard = now
            }
            #expect(await end - start >= time)
            // Who comes later is let in.
            _ = try await comer(server)
        }
    }

    /// It is told that its time is up, and may be silent from then on.
    @Test func whoWaitsIsNotSilent() async throws {
        var limits = ServerLimits()
        limits.idleTime = time
        let shared = [("jobs", "Queue")]
        try await TestServer.ours(isTCP: false).run(shared: shared, limits: limits) { server in
            let manager = try await server.connect()
            var queue: QueueProxy<Int>?
            while queue == nil { queue = try? await manager.queue(of: Int.self, shared: "jobs") }
            let jobs = try #require(queue)
            while true {
                let (since, client) = try await comer(server)
                try? await client.send(jobs, "get", [true, 1.5])
                let sent = clock.now
                guard let reply = try? await client.reply() else {
                    try #require(sent - since >= time)
                    continue
                }
                #expect(reply.contains("Empty"))
                #expect(await client.isClosedByPeer())
                break
            }
            await manager.close()
        }
    }

    @Test(arguments: [false, true])
    func aServerThatStopsGivesItsClientsTheirTime(isTCP: Bool) async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        var limits = ServerLimits()
        limits.drainTimeout = time
        let server = try ManagerServer(
            at: [isTCP ? .tcp(host: "127.0.0.1", port: 0) : .unix(path: directory.file("s"))],
            authkey: key, limits: limits)
        async let end = {
            try await server.run()
            return clock.now
        }()
        let place = RunningServer(
            address: server.addresses[0], key: key, directory: directory, server: server)
        let manager = try await place.connect()
        let list = try await manager.list([[UInt8](repeating: 7, count: 15 << 20)])
        let other = try await TaggedRawSocket(place)
        try await other.call(0, list, "copy")
        let start = clock.now
        // The turn of the server's in which it is asked to stop is none before that.
        #expect(try await list.count == 1)
        server.shutdown()
        #expect(try await end - start >= time)
        // It is not given what it has not taken by then.
        #expect(try await other.reply() == nil)
        await manager.close()
    }

    /// TCP's own: for it, who takes nothing of a long reply acknowledges nothing.
    @Test func whoTakesNothingOfAReplyForItsTimeIsGone() async throws {
        var limits = ServerLimits()
        limits.unacknowledgedTimeout = time
        try await TestServer.ours(isTCP: true).run(limits: limits) { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8](repeating: 7, count: 50 << 20)])
            let queue = try await manager.queue(of: Int.self)
            let peer = try await TaggedRawSocket(server)
            try await peer.call(0, queue, "get")
            let start = clock.now
            try await peer.call(1, list, "copy")
            #expect(try await list.count == 1)
            // The item stands behind the long reply, and goes back when the connection ends.
            try await queue.put(7)
            try await eventually { try await queue.count == 1 }
            #expect(clock.now - start >= time)
            #expect(try await queue.get() == 7)
            peer.close()
            await manager.close()
        }
    }

    // MARK: What TCP takes

    @Test(arguments: [
        ("keepAliveIdle", ["1s", "32766s", "32767s"], "32768s"),
        ("keepAliveInterval", ["1s", "32766s", "32767s"], "32768s"),
        ("keepAliveQuestions", ["1", "126", "127"], "128"),
        ("unacknowledgedTimeout", ["0", "1ms", "24h"], nil),
    ])
    func tcpTakesWhatIsSaid(name: String, taken: [String], refused: String?) throws {
        let address = SocketAddress.tcp(host: "127.0.0.1", port: 0)
        var limits = ServerLimits()
        for text in taken {
            try limits.set(name, to: text)
            let listener = ServerLoop.Listener(try ListeningSocket(address), usesTLS: false)
            try limits.setPatience(of: listener)
            let patience = try listener.socket.descriptor.patience()
            #expect(
                patience
                    == TCPPatience(
                        idle: limits.keepAliveIdle, interval: limits.keepAliveInterval,
                        questions: limits.keepAliveQuestions,
                        unacknowledged: limits.unacknowledgedTimeout))
        }
        guard let refused else { return }
        try limits.set(name, to: refused)
        let key = try AuthenticationKey.generate()
        #expect { try ManagerServer(at: [address], authkey: key, limits: limits) } throws: {
            ($0 as? ManagerError)?.code == .system
        }
    }
}
