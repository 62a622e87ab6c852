import Managers
import Pickle
import Testing

/// What waits for a client that does not read, to the byte: what it has been answered, less what
/// lies in its socket. Others are served throughout.
@Suite(.timeLimit(.minutes(5)))
struct ReplyLimitsTests {
    private let item = [UInt8](repeating: 7, count: 5000)

    /// Runs `body` with limits around a number of bytes that does wait at some time: the second and
    /// the third time it is the limit itself, where the first time was not by chance another.
    private func around(
        _ limit: WritableKeyPath<ServerLimits, Int>, _ limits: ServerLimits = ServerLimits(),
        body: (ServerLimits, Int) async throws -> Int
    ) async throws {
        var limits = limits
        limits[keyPath: limit] = 50_000
        let reached = try await body(limits, 50_000)
        for bytes in reached - 1...reached + 1 {
            limits[keyPath: limit] = bytes
            _ = try await body(limits, bytes)
        }
    }

    @Test(arguments: [false, true])
    func whoHasTooMuchToReadIsNotReadFrom(inAll: Bool) async throws {
        try await around(
            inAll ? \.unreadRepliesInAll : \.unreadReplies, body: untilItIsNotRead)
    }

    /// - Returns: how much waited then.
    private func untilItIsNotRead(_ limits: ServerLimits, _ limit: Int) async throws -> Int {
        var waiting = 0
        try await TestServer.ours(isTCP: false).run(limits: limits) { server in
            let manager = try await server.connect()
            let count = 400
            let list = try await manager.list(Array(repeating: item, count: count))
            let peer = try await TaggedRawSocket(server)
            try await peer.call(0, list, "pop")
            let size = try #require(try await peer.reply()).pickle.count + 8
            var answered = 1
            while true {
                try await peer.call(0, list, "pop")
                // The first is answered in the turn in which the request is looked at.
                for _ in 0..<2 { #expect(try await manager.roundTrip() >= .zero) }
                guard try await list.count == count - answered - 1 else { break }
                #expect(waiting < limit)
                answered += 1
                waiting = (answered - 1) * size - peer.bytesAtHand
            }
            #expect(waiting >= limit)
            // What it reads makes room: also the last request is answered.
            for _ in 0..<answered { #expect(try await peer.reply()?.pickle.count == size - 8) }
            #expect(try await list.count == count - answered - 1)
            peer.close()
            await manager.close()
        }
        return waiting
    }

    /// Where too much waits for all, whoever has anything to read is not read; who has nothing is.
    @Test func whatWaitsForOthersCountsToo() async throws {
        var limits = ServerLimits()
        limits.unreadRepliesInAll = 200_000
        try await TestServer.ours(isTCP: false).run(limits: limits) { server in
            let manager = try await server.connect()
            let count = 1000
            let list = try await manager.list(Array(repeating: item, count: count))
            var left = count
            var kept: [TaggedRawSocket] = []
            for isFirst in [true, false] {
                let peer = try await TaggedRawSocket(server)
                let before = left
                try await peer.call(0, list, "pop")
                let size = try #require(try await peer.reply()).pickle.count + 8
                for tag in 0..<300 as Range<UInt32> {
                    try await peer.call(tag, list, "pop")
                    // What comes in one read may be answered in one turn.
                    #expect(try await manager.roundTrip() >= .zero)
                }
                left = try await list.count
                let waiting = (before - left - 1) * size - peer.bytesAtHand
                if isFirst {
                    #expect(waiting >= 200_000 && waiting < 200_000 + 2 * size)
                } else {
                    #expect(waiting > 0 && waiting <= 2 * size)
                }
                kept.append(peer)
            }
            for peer in kept { peer.close() }
            await manager.close()
        }
    }

    @Test(arguments: [false, true])
    func whoHasFarTooMuchToReadIsClosed(inAll: Bool) async throws {
        var limits = ServerLimits()
        if inAll { limits.unreadReplies = 1 }
        try await around(
            inAll ? \.unreadRepliesInAll : \.bufferedReplies, limits, body: untilItIsClosed)
    }

    /// - Returns: how much waited then.
    private func untilItIsClosed(_ limits: ServerLimits, _ limit: Int) async throws -> Int {
        var waiting = 0
        try await TestServer.ours(isTCP: false).run(limits: limits) { server in
            let manager = try await server.connect()
            let queue = try await manager.queue(of: [UInt8].self)
            let peer = try await TaggedRawSocket(server)
            for tag in 0..<400 as Range<UInt32> { try await peer.call(tag, queue, "get") }
            try await queue.put(item)
            let size = try #require(try await peer.reply()).pickle.count + 8
            var given = 0
            while true {
                try await queue.put(item)
                // That may be answered before the item is handed over.
                guard try await queue.count == 0, try await queue.count == 0 else { break }
                #expect(waiting < limit)
                given += 1
                waiting = given * size - peer.bytesAtHand
            }
            #expect(waiting >= limit)
            // It has what lies in its socket; the rest has gone back, with what was one too many.
            var read = 0
            while try await peer.reply() != nil { read += 1 }
            #expect(try await queue.count == given + 1 - read)
            await manager.close()
        }
        return waiting
    }
}
