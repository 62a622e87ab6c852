import Connections
import Foundation
import Managers
import Pickle
import Testing

/// Peers that break every rule: each is told its error or is closed; others are served meanwhile.
///
/// `HOSTILE_FRAMES` sets how many random frames are sent; by default 10,000. With it, run this
/// suite alone: the process's memory must stay as it is.
@Suite(.timeLimit(.minutes(10)))
struct HostilePeerTests {
    private static let longRun =
        ProcessInfo.processInfo.environment["HOSTILE_FRAMES"].flatMap(Int.init)
    private static let randomFrames = longRun ?? 10_000

    /// Runs `attack` on a server: what was put in before is there after it, and newcomers are
    /// served.
    private func survive(
        _ attack: (RunningServer, _ witness: ListProxy<Int>) async throws -> Void
    ) async throws {
        try await TestServer.ours(isTCP: false).run { server in
            let manager = try await server.connect()
            let witness = try await manager.list([1, 2, 3])
            try await attack(server, witness)
            #expect(try await witness.count == 3)
            let late = try await server.connect()
            #expect(try await late.numberOfObjects() > 0)
            await late.close()
            await manager.close()
        }
    }

    // MARK: Before authentication

    @Test func aWrongKeyIsRefused() async throws {
        try await survive { server, _ in
            let key = try AuthenticationKey.generate()
            await #expect(throws: ConnectionError.self) {
                try await Connection.connect(to: server.address, authkey: key)
            }
        }
    }

    /// What an eavesdropper has heard of a handshake that went well does not open the door again.
    @Test func aHandshakePlayedAgainIsRefused() async throws {
        try await survive { server, _ in
            let first = try RawSocket(server.address)
            var heard: [[UInt8]] = []
            var honest = Handshake(
                role: .connector, key: server.key, challenge: [UInt8](repeating: 7, count: 40))
            _ = honest.start()
            while let frame = try await first.frame() {
                guard case .send(let body) = honest.received(frame) else { break }
                heard.append(body)
                try await first.send(frameHeader(body.count) + body)
            }
            #expect(heard.count == 2)
            let second = try RawSocket(server.address)
            _ = try await second.frame()
            for body in heard { try await second.send(frameHeader(body.count) + body) }
            #expect(try await second.frame() == Array("#FAILURE#".utf8))
            #expect(try await second.frame() == nil)
        }
    }

    /// A server's challenge, sent to it on a second connection, so that it might answer itself.
    @Test func aReflectedHandshakeIsRefused() async throws {
        try await survive { server, _ in
            let first = try RawSocket(server.address)
            let second = try RawSocket(server.address)
            let challenge = try #require(try await first.frame())
            _ = try await second.frame()
            for peer in [first, second] {
                try await peer.send(frameHeader(challenge.count) + challenge)
                #expect(try await peer.frame() == Array("#FAILURE#".utf8))
                #expect(try await peer.frame() == nil)
            }
        }
    }

    @Test func halfAHandshakeHeldOpenKeepsNobodyOut() async throws {
        try await survive { server, witness in
            var held: [RawSocket] = []
            let frame = frameHeader(40) + [UInt8](repeating: 7, count: 40)
            for length in [0, 1, 3, 4, 5, 20] {
                let peer = try RawSocket(server.address)
                _ = try await peer.frame()
                try await peer.send(Array(frame.prefix(length)))
                held.append(peer)
                #expect(try await witness.count == 3)
            }
            _ = consume held
        }
    }

    @Test(arguments: [
        [0xFF, 0xFF, 0xFF, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0], [0, 0, 1, 1], [0x80, 0, 0, 0],
    ])
    func aFrameOverTheCapEndsAStranger(header: [UInt8]) async throws {
        try await survive { server, _ in
            let peer = try RawSocket(server.address)
            _ = try await peer.frame()
            try await peer.send(header + [UInt8](repeating: 0, count: 64))
            #expect(try await peer.frame() == nil)
        }
    }

    @Test func aStrangersRandomBytesAreIgnored() async throws {
        try await survive { server, witness in
            var random = SystemRandomNumberGenerator()
            for _ in 0..<200 {
                let peer = try RawSocket(server.address)
                try await peer.send((0..<64).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            #expect(try await witness.count == 3)
        }
    }

    // MARK: After it

    @Test func aFrameThatPromisesTooMuchEndsTheConnection() async throws {
        try await survive { server, _ in
            let peer = try await RawSocket(authenticated: server)
            try await peer.send([0xFF, 0xFF, 0xFF, 0xFF, 0x40, 0, 0, 0, 0, 0, 0, 0])
            #expect(try await peer.frame() == nil)
        }
    }

    @Test func randomFramesAreAnswered() async throws {
        try await survive { server, witness in
            let client = try await RawClient(server)
            let reading = ["__len__", "__getitem__", "count", "index", "__contains__"].map {
                RawClient.request(.str(witness.token.id), $0, [1])
            }
            var random = SystemRandomNumberGenerator()
            var before = 0
            for number in 0..<Self.randomFrames {
                let frame =
                    number % 4 == 3
                    ? damaged(reading[number / 4 % reading.count], &random)
                    : (number % 2 == 0 ? [] : [0x80, 4]) + bytes(below: 60, &random)
                let reply = try await client.connection.exchange(frame)
                guard reply.starts(with: [0x80, 4, 0x8C]), reply.last == 0x2E else {
                    Issue.record("\(frame) is answered by \(reply)")
                    return
                }
                // What is taken once, like the buffers, has been taken by then.
                if number == Self.randomFrames / 10 { before = ResidentMemory.bytes }
            }
            let growth = ResidentMemory.bytes - before
            print("\(Self.randomFrames) random frames: \(growth >> 10) KiB more")
            // Other tests run in the same process, except in a long run, which is made alone.
            #expect(Self.longRun == nil || growth < 16 << 20)
            #expect(try await witness.count == 3)
        }
    }

    private func bytes(
        below length: Int, _ random: inout SystemRandomNumberGenerator
    ) -> [UInt8] {
        (0...Int.random(in: 0..<length, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
    }

    private func damaged(
        _ request: [UInt8], _ random: inout SystemRandomNumberGenerator
    ) -> [UInt8] {
        var request = request
        for _ in 0...Int.random(in: 0..<3, using: &random) {
            let place = Int.random(in: request.indices, using: &random)
            request[place] = UInt8.random(in: 0...255, using: &random)
        }
        return request
    }

    @Test func garbageOnAServingConnectionGetsATracebackAndItLivesOn() async throws {
        try await survive { server, witness in
            let client = try await RawClient(server)
            let garbage: [[UInt8]] = [
                [0xFF], [0x2E], [0x80, 4, 0x4E, 0x2E], [0x28, 0x28, 0x28], [0x68, 0, 0x2E],
            ]
            for bytes in garbage {
                try await client.connection.sendBytes(bytes)
                #expect(try await client.reply().hasPrefix("('#TRACEBACK'"))
            }
            #expect(
                try await client.ask(.str(witness.token.id), "__len__") == "('#RETURN', 3)")
        }
    }

    @Test func whatIsNotThereIsAnError() async throws {
        try await survive { server, witness in
            let client = try await RawClient(server)
            let ident = PickleValue.str(witness.token.id)
            for ident in ["", "ffff", "0000000000000000", "ffffffffffffffff"] as [PickleValue] {
                #expect(try await client.ask(ident, "append", [1]).hasPrefix("('#TRACEBACK'"))
            }
            for method in ["__class__", "__reduce__", "__dict__", "eval", "", "#"] {
                #expect(try await client.ask(ident, method).hasPrefix("('#TRACEBACK'"))
            }
            #expect(try await client.ask(ident, "append").hasPrefix("('#ERROR'"))
        }
    }

    /// Tuples of tuples that share: 2^40 elements in about 300 bytes.
    private static var bomb: [UInt8] {
        var pickle: [UInt8] = [0x80, 4, 0x4B, 0, 0x71, 0, 0x30]
        for level in 0..<40 as Range<UInt8> {
            pickle += [0x68, level, 0x68, level, 0x86, 0x71, level + 1, 0x30]
        }
        return pickle + [0x68, 40, 0x2E]
    }

    @Test func aBombGoesOffNowhere() async throws {
        let bomb = try PickleValue(pickle: Self.bomb)
        let twin = try PickleValue(pickle: Self.bomb)
        try await survive { server, witness in
            let manager = try await server.connect()
            let list = try await manager.list([Int]())
            let client = try await RawClient(server)
            let ident = PickleValue.str(list.token.id)
            #expect(try await client.ask(ident, "append", [bomb]) == "('#RETURN', None)")
            #expect(try await client.ask(ident, "append", [twin]) == "('#RETURN', None)")
            for (method, arguments) in [
                ("__contains__", [twin]), ("index", [twin]), ("count", [bomb]), ("sort", []),
                ("__repr__", []), ("__str__", []), ("#GETVALUE", []),
            ] as [(String, [PickleValue])] {
                try await client.send(list, method, arguments)
                #expect(try await client.connection.receiveBytes().count < 20 << 20)
                #expect(try await witness.count == 3)
            }
            await manager.close()
        }
    }

    // MARK: Gone in the middle

    @Test func aClientGoneInTheMiddleOfAnyVerbHoldsNothing() async throws {
        let verbs = [
            "create", "incref", "decref", "get_methods", "number_of_objects", "debug_info",
            "dummy", "accept_connection", "shutdown", "nonsense",
        ]
        try await survive { server, witness in
            for verb in verbs {
                let request = RawClient.request(.none, verb, verb == "create" ? ["list"] : [])
                let frame = frameHeader(request.count) + request
                for length in [1, 4, 5, frame.count - 1, frame.count] {
                    if verb == "shutdown", length == frame.count { continue }
                    let peer = try await RawSocket(authenticated: server)
                    try await peer.send(Array(frame.prefix(length)))
                    peer.close()
                }
                #expect(try await witness.count == 3)
            }
        }
    }

    @Test func aClientGoneWhileItWaitsTakesNothing() async throws {
        try await survive { server, _ in
            let manager = try await server.connect()
            let queue = try await manager.queue(of: Int.self)
            for method in ["get", "get", "join"] {
                let peer = try await RawSocket(authenticated: server)
                let begin = RawClient.request(.none, "accept_connection", ["gone"])
                let call = RawClient.request(.str(queue.token.id), method)
                try await peer.send(frameHeader(begin.count) + begin)
                _ = try await peer.frame()
                try await peer.send(frameHeader(call.count) + call)
                peer.close()
            }
            try await queue.put(7)
            #expect(try await queue.get() == 7)
            await manager.close()
        }
    }
}
