import Connections
import Managers
import Pickle
import Testing

/// What clients send, and when they do not take what comes back.
@Suite(.timeLimit(.minutes(10)))
struct ServerLoopRequestsTests {
    @Test(arguments: TestServer.swift)
    func whoReadsSlowlyIsNotReadFrom(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8](repeating: 7, count: 1 << 20)])
            let slow = try await RawClient(server)
            let count = 1000
            let before = ResidentMemory.bytes
            let sending = Task {
                for _ in 0..<count { try await slow.send(list, "__getitem__", [0]) }
            }
            // Others are served while the replies that nobody reads would fill a gigabyte.
            for _ in 0..<50 {
                #expect(try await list.count == 1)
                try await Task.sleep(for: .milliseconds(2))
            }
            try await ResidentMemory.falls(below: before + (100 << 20))
            for _ in 0..<count { #expect(try await slow.connection.receiveBytes().count > 1 << 20) }
            try await sending.value
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func whoIsAlwaysALittleBehindIsForgottenWhatItHasRead(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8](repeating: 7, count: 200_000)])
            let raw = try await RawClient(server)
            let ahead = 40
            for _ in 0..<ahead { try await raw.send(list, "__getitem__", [0]) }
            let before = ResidentMemory.bytes
            // Half a gigabyte, of which some megabytes wait at any time.
            for _ in 0..<2500 {
                #expect(try await raw.connection.receiveBytes().count > 200_000)
                try await raw.send(list, "__getitem__", [0])
            }
            try await ResidentMemory.falls(below: before + (200 << 20))
            for _ in 0..<ahead { #expect(try await raw.connection.receiveBytes().count > 200_000) }
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func whoWaitsAndReadsNothingIsNotServedBehindThat(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8](repeating: 7, count: 900_000)])
            let queue = try await manager.queue(of: Int.self)
            let raw = try await RawClient(server)
            let count = 600
            let sending = Task {
                for _ in 0..<count {
                    try await raw.send(queue, "get")
                    try await raw.send(list, "__getitem__", [0])
                }
            }
            let before = ResidentMemory.bytes
            for number in 0..<count { try await queue.put(number) }
            try await ResidentMemory.falls(below: before + (200 << 20))
            for number in 0..<count {
                #expect(try await raw.reply() == "('#RETURN', \(number))")
                #expect(try await raw.connection.receiveBytes().count > 900_000)
            }
            try await sending.value
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func requestsLargerThanAReadEndWithTheirHalfClose(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8]]())
            for size in [65_535, 65_537, 262_144, 1 << 20, 5 << 20] {
                let raw = try await RawClient(server)
                for _ in 0..<3 {
                    try await raw.send(
                        list, "append", [.bytes([UInt8](repeating: 1, count: size))])
                }
                raw.connection.finishWriting()
                for _ in 0..<3 { #expect(try await raw.reply() == "('#RETURN', None)") }
                #expect(await raw.isClosedByPeer())
            }
            #expect(try await list.count == 15)
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func requestsAndRepliesLargerThanAllBuffersPassOneAnother(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let queue = try await manager.queue(of: [UInt8].self)
            let raw = try await RawClient(server)
            let item = [UInt8](repeating: 1, count: 700_000)
            let sending = Task {
                for _ in 0..<40 {
                    try await raw.send(queue, "put", [.bytes(item)])
                    try await raw.send(queue, "get")
                }
            }
            for _ in 0..<40 {
                #expect(try await raw.reply() == "('#RETURN', None)")
                #expect(try await raw.connection.receiveBytes().count > item.count)
            }
            try await sending.value
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func theDeadAreGivenNothing(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let queue = try await manager.queue(of: Int.self)
            let lock = try await manager.lock()
            try await lock.acquire()
            for isHalfClosed in [false, true] {
                let getter = try await RawClient(server)
                let acquirer = try await RawClient(server)
                try await getter.send(queue, "get")
                try await acquirer.send(lock, "acquire")
                for client in [getter, acquirer] {
                    if isHalfClosed {
                        client.connection.finishWriting()
                        #expect(await client.isClosedByPeer())
                    } else {
                        client.connection.close()
                        // Once that is answered, the server has heard of what came before.
                        _ = try await manager.roundTrip()
                    }
                }
            }
            try await queue.put(1)
            #expect(try await queue.get() == 1)
            try await lock.release()
            #expect(try await lock.tryAcquire())
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func aHalfClosedClientGetsAllItsReplies(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let list = try await manager.list([[UInt8](repeating: 7, count: 300_000)])
            let raw = try await RawClient(server)
            for _ in 0..<20 { try await raw.send(list, "__getitem__", [0]) }
            raw.connection.finishWriting()
            for _ in 0..<20 { #expect(try await raw.connection.receiveBytes().count > 300_000) }
            #expect(await raw.isClosedByPeer())
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func whatFollowsAWaitingCallIsAnsweredAfterIt(_ place: TestServer) async throws {
        try await place.run { server in
            let manager = try await server.connect()
            let queue = try await manager.queue(of: Int.self)
            let raw = try await RawClient(server)
            try await raw.send(queue, "get")
            try await raw.send(queue, "qsize")
            try await raw.send(queue, "get", [false])
            try await queue.put(5)
            #expect(try await raw.reply() == "('#RETURN', 5)")
            #expect(try await raw.reply() == "('#RETURN', 0)")
            #expect(try await raw.reply().hasPrefix("('#ERROR', "))
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func rubbishIsAnsweredAndTheConnectionLivesOn(_ place: TestServer) async throws {
        try await place.run { server in
            let raw = try await RawClient(server)
            for rubbish in [[0], Array("rubbish".utf8), [0x80, 4], [0x80, 4, 0x4E, 0x2E]] {
                try await raw.connection.sendBytes(rubbish)
                #expect(try await raw.reply().hasPrefix("('#TRACEBACK', "))
            }
            #expect(try await raw.ask("7f00", "get").hasPrefix("('#TRACEBACK', "))
            try await raw.connection.sendBytes([])
            #expect(await raw.isClosedByPeer())
        }
    }

    @Test(arguments: TestServer.swift)
    func aFrameOverTheLimitEndsTheConnection(_ place: TestServer) async throws {
        var limits = ServerLimits()
        limits.messageSize = 1000
        try await place.run(limits: limits) { server in
            let raw = try await RawClient(server)
            try await raw.connection.sendBytes([UInt8](repeating: 0, count: 1001))
            #expect(await raw.isClosedByPeer())
            let other = try await RawClient(server)
            try await other.connection.sendBytes([UInt8](repeating: 0, count: 1000))
            #expect(try await other.reply().hasPrefix("('#TRACEBACK', "))
        }
    }

    /// Many calls that take long, in one piece: somebody else's call is answered before the
    /// last of them. On a busy machine that may come too late, so it is tried more than once.
    @Test func heavyCallsOfOneClientDoNotHoldUpAnother() async throws {
        try await TestServer.ours(isTCP: false).run { server in
            let manager = try await server.connect()
            let list = try await manager.list(Array(0..<2000))
            let done = try await manager.list(of: Int.self)
            let heavy = try await RawSocket(authenticated: server)
            let begin = RawClient.request(.none, "accept_connection", ["heavy"])
            try await heavy.send(frameHeader(begin.count) + begin)
            _ = try await heavy.frame()
            let pair = [
                RawClient.request(.str(list.token.id), "count", [-1]),
                RawClient.request(.str(done.token.id), "append", [0]),
            ]
            let pairs = 300
            let frames = pair.flatMap { frameHeader($0.count) + $0 }
            var wasHeardMeanwhile = false
            for round in 0..<50 where !wasHeardMeanwhile {
                try await heavy.send(
                    Array([[UInt8]](repeating: frames, count: pairs).joined()))
                wasHeardMeanwhile = try await done.count < (round + 1) * pairs
                for _ in 0..<2 * pairs { #expect(try await heavy.frame() != nil) }
            }
            #expect(wasHeardMeanwhile)
            await manager.close()
        }
    }
}
