import Connections
import OpenSSL
import Pickle
import Sockets
import Testing

@testable import Managers

/// What the loop limits, at its boundaries; others are served throughout.
@Suite(.timeLimit(.minutes(5)))
struct ServerLoopLimitsTests {
    /// Runs `attack` on a server with these limits while somebody is served before, during and
    /// after it.
    private func survive(
        isTCP: Bool = false, _ change: (inout ServerLimits) -> Void,
        _ attack: (RunningServer, ListProxy<Int>) async throws -> Void
    ) async throws {
        var limits = ServerLimits()
        change(&limits)
        try await TestServer.ours(isTCP: isTCP).run(limits: limits) { server in
            let manager = try await server.connect()
            let witness = try await manager.list([1, 2, 3])
            try await attack(server, witness)
            #expect(try await witness.count == 3)
            await manager.close()
        }
    }

    private func isRefused(_ server: RunningServer) async throws -> Bool {
        do {
            let connection = try await Connection.connect(to: server.address, authkey: server.key)
            connection.close()
            return false
        } catch {
            return error.code == .closed || error.code == .refused
        }
    }

    // MARK: Wrong keys

    private func tryWrongKey(_ server: RunningServer) async -> ConnectionError.Code? {
        do throws(ConnectionError) {
            let key = try AuthenticationKey(Array("a guess".utf8))
            _ = try await Connection.connect(to: server.address, authkey: key)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: [false, true])
    func whoTriesWrongKeysIsSlowedAndThenRefused(isTCP: Bool) async throws {
        try await survive(
            isTCP: isTCP,
            {
                $0.slowedAttempts = 2
                $0.failedAttempts = 4
                $0.attemptDelay = .milliseconds(300)
            },
            { server, witness in
                let clock = ContinuousClock()
                for attempt in 1...4 {
                    let start = clock.now
                    #expect(await tryWrongKey(server) == .authenticationFailed)
                    if attempt > 2 { #expect(clock.now - start >= .milliseconds(300)) }
                }
                // The fifth is not even challenged, and neither is who has the right key.
                #expect(await tryWrongKey(server) == .closed)
                let isRefusedWithTheKey = try await isRefused(server)
                #expect(isRefusedWithTheKey)
                #expect(try await witness.count == 3)
            })
    }

    @Test func whoWaitsForItsRefusalKeepsNobodyOut() async throws {
        try await survive(
            {
                $0.slowedAttempts = 0
                $0.attemptDelay = .seconds(30)
                $0.pendingHandshakes = 4
            },
            { server, witness in
                var waiting: [RawSocket] = []
                for _ in 0..<12 {
                    let peer = try RawSocket(server.address)
                    _ = try await peer.frame()
                    let reply = Array("{sha256}".utf8) + [UInt8](repeating: 7, count: 32)
                    try await peer.send(frameHeader(reply.count) + reply)
                    waiting.append(peer)
                    #expect(try await witness.count == 3)
                }
                // Those who wait longest have been dropped for those who came later.
                #expect(try await waiting[0].frame() == nil)
                let isKeptOut = try await isRefused(server)
                #expect(!isKeptOut)
            })
    }

    // MARK: Messages

    @Test func aRequestIsAsLongAsItMayBe() async throws {
        let request = { (length: Int) in
            var request = RawClient.request(.none, "dummy")
            request += [UInt8](repeating: 0, count: length - request.count)
            return request
        }
        try await survive(
            { $0.messageSize = 2000 },
            { server, witness in
                for (length, isTaken) in [(1999, true), (2000, true), (2001, false)] {
                    let connection = try await Connection.connect(
                        to: server.address, authkey: server.key)
                    try? await connection.sendBytes(request(length))
                    let reply = try? await connection.receiveBytes()
                    #expect((reply != nil) == isTaken)
                    #expect(try await witness.count == 3)
                }
            })
    }

    @Test func beforeAuthenticationAMessageHas256Bytes() async throws {
        try await survive(
            { _ in },
            { server, witness in
                for (length, isAnswered) in [(255, true), (256, true), (257, false)] {
                    let peer = try RawSocket(server.address)
                    _ = try await peer.frame()
                    try await peer.send(
                        frameHeader(length) + [UInt8](repeating: 7, count: length))
                    let answer = try await peer.frame()
                    #expect((answer == Array("#FAILURE#".utf8)) == isAnswered)
                    #expect(try await witness.count == 3)
                }
            })
    }

    @Test func aReplyIsAsLongAsItMayBe() async throws {
        try await survive(
            { $0.replySize = 3000 },
            { server, witness in
                let manager = try await server.connect()
                let list = try await manager.list([String(repeating: "x", count: 2900)])
                #expect(try await list.elements().count == 1)
                try await list.append(String(repeating: "x", count: 200))
                #expect(await exception { _ = try await list.elements() } == "MemoryError")
                #expect(try await list.count == 2)
                #expect(try await list.pop() == String(repeating: "x", count: 200))
                #expect(try await list.elements().count == 1)
                #expect(try await witness.count == 3)
                await manager.close()
            })
    }

    /// Items that were put are given to calls that wait, though nobody reads them: until that is
    /// too much, and they go back.
    @Test func whoDoesNotReadIsNotGivenMoreAndMore() async throws {
        try await survive(
            { $0.bufferedReplies = 1 << 20 },
            { server, witness in
                let manager = try await server.connect()
                let queue = try await manager.queue(of: [UInt8].self)
                let calls = 100
                let greedy = try await GreedyClient(server, queue.token.id, calls)
                try await eventually {
                    try await manager.debugInfo().isEmpty == false && greedy.hasAsked
                }
                let item = [UInt8](repeating: 7, count: 100_000)
                for _ in 0..<calls {
                    try await queue.put(item)
                    #expect(try await witness.count == 3)
                }
                // What was not sent has come back: nothing is lost but what lies in the socket.
                try await eventually { try await queue.count > calls / 4 }
                var left = 0
                while try await queue.getNoWait() != nil { left += 1 }
                #expect(left > calls / 4 && left <= calls)
                greedy.close()
                await manager.close()
            })
    }

    // MARK: What is shared

    @Test func aFullStoreServesOn() async throws {
        try await survive(
            {
                $0.bytes = 180_000
                $0.objectBytes = 150_000
                $0.waiters = 10
            },
            { server, witness in
                let manager = try await server.connect()
                let list = try await manager.list([String]())
                let text = String(repeating: "x", count: 10_000)
                let raised = await exception {
                    for _ in 0..<100 { try await list.append(text) }
                }
                #expect(raised == "MemoryError")
                #expect(try await list.count == 14)
                let other = try await manager.list([String]())
                #expect(
                    await exception {
                        try await other.append(contentsOf: Array(repeating: text, count: 5))
                    } == "MemoryError")
                #expect(try await other.count == 0)
                #expect(try await witness.count == 3)
                try await list.clear()
                try await other.append(contentsOf: Array(repeating: text, count: 5))
                await manager.close()
            })
    }
}

/// A tagged connection that asks for many items and reads none.
private final class GreedyClient {
    private let socket: RawSocket
    private(set) var hasAsked = false

    init(_ server: RunningServer, _ ident: String, _ calls: Int) async throws {
        socket = try await RawSocket(authenticated: server)
        try await send(RawClient.request(.none, "accept_connection", ["swift#greedy"]))
        _ = try await socket.frame()
        try await send(RawClient.request(.none, "tagged", [1]))
        _ = try await socket.frame()
        for tag in 0..<calls {
            let request = RawClient.request(.str(PickleString(ident)), "get")
            try await send([0, 0, 0, UInt8(tag), 0, 0, 0, 0] + request)
        }
        hasAsked = true
    }

    private func send(_ body: [UInt8]) async throws {
        try await socket.send(frameHeader(body.count) + body)
    }

    func close() { socket.close() }
}
