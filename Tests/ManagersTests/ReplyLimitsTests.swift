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
        _ limit: WritableKeyPath<ServerLimits, Int>, _ body: (ServerLimits) async throws -> Int
    ) async throws {
        var limits = ServerLimits()
        limits[keyPath: limit] = 50_000
        let reached = try await body(limits)
        for bytes in reached - 1...reached + 1 {
            limits[keyPath: limit] = bytes
            _ = try await body(limits)
        }
    }

    @Test func whoHasTooMuchToReadIsNotReadFrom() async throws {
        try await around(\.unreadReplies, untilItIsNotRead)
    }

    /// - Returns: how much waited then.
    private func untilItIsNotRead(_ limits: ServerLimits) async throws -> Int {
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
                #expect(waiting < limits.unreadReplies)
                answered += 1
                waiting = (answered - 1) * size - peer.bytesAtHand
            }
            #expect(waiting >= limits.unreadReplies)
            // What it reads makes room: also the last request is answered.
            for _ in 0..<answered { #expect(try await peer.reply()?.pickle.count == size - 8) }
            #expect(try await list.count == count - answered - 1)
            peer.close()
            await manager.close()
        }
        return waiting
    }

    @Test func whoHasFarTooMuchToReadIsClosed() async throws {
        try await around(\.bufferedReplies, untilItIsClosed)
    }

    /// - Returns: how much waited then.
    private func untilItIsClosed(_ limits: ServerLimits) async throws -> Int {
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
                #expect(waiting < limits.bufferedReplies)
                given += 1
                waiting = given * size - peer.bytesAtHand
            }
            #expect(waiting >= limits.bufferedReplies)
            // It has what lies in its socket; the rest has gone back, with what was one too many.
            var read = 0
            while try await peer.reply() != nil { read += 1 }
            #expect(try await queue.count == given + 1 - read)
            await manager.close()
        }
        return waiting
    }
}
