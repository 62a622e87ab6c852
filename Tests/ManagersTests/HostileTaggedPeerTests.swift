import Connections
import Managers
import Pickle
import Testing

/// Clients that have the key, and use the tagged extension against its rules: what they send ends
/// their connection, or nothing comes of it; others are served meanwhile.
@Suite(.timeLimit(.minutes(10)))
struct HostileTaggedPeerTests {
    private func attack(
        limits: ServerLimits = ServerLimits(),
        _ attack: (TaggedRawSocket, Manager, _ queue: QueueProxy<Int>) async throws -> Void
    ) async throws {
        try await TestServer.ours(isTCP: false).run(limits: limits) { server in
            let manager = try await server.connect()
            let queue = try await manager.queue(of: Int.self)
            try await attack(try await TaggedRawSocket(server), manager, queue)
            try await queue.put(7)
            #expect(try await queue.get() == 7)
            #expect(try await queue.count == 0)
            await manager.close()
        }
    }

    @Test func aTagThatWaitsAndIsUsedAgainEndsTheConnection() async throws {
        try await attack { peer, _, queue in
            try await peer.call(3, queue, "get")
            try await peer.call(3, queue, "qsize")
            #expect(try await peer.reply() == nil)
        }
    }

    @Test(arguments: [65_536, .max] as [UInt32])
    func aTagAboveTheLimitEndsTheConnection(tag: UInt32) async throws {
        try await attack { peer, _, queue in
            try await peer.call(65_535, queue, "qsize")
            #expect(try await peer.reply()?.tag == 65_535)
            try await peer.call(tag, queue, "qsize")
            #expect(try await peer.reply() == nil)
        }
    }

    /// As many as may be wait, also those of another connection; one more ends its own.
    @Test func onlySoManyCallsAreUnderWay() async throws {
        var limits = ServerLimits()
        limits.requestsInFlight = 3
        try await attack(limits: limits) { peer, manager, queue in
            for tag in 0..<3 as Range<UInt32> { try await peer.call(tag, queue, "get") }
            for number in 0..<3 { try await queue.put(number) }
            for tag in 0..<3 as Range<UInt32> { #expect(try await peer.reply()?.tag == tag) }
            for tag in 0..<3 as Range<UInt32> { try await peer.call(tag, queue, "get") }
            #expect(try await queue.count == 0)
            try await peer.call(3, queue, "qsize")
            #expect(try await peer.reply() == nil)
        }
    }

    /// A client of ours keeps to the tags that it is given, however much is asked at once.
    @Test(arguments: 1...3)
    func aClientKeepsToItsTags(count: Int) async throws {
        var limits = ServerLimits()
        limits.requestsInFlight = count
        try await attack(limits: limits) { peer, manager, queue in
            try await peer.call(0, queue, "qsize")
            #expect(try await peer.reply()?.tag == 0)
            let list = try await manager.list(of: Int.self)
            try await withThrowingTaskGroup { group in
                for number in 0..<20 { group.addTask { try await list.append(number) } }
                try await group.waitForAll()
            }
            #expect(try await list.elements().sorted() == Array(0..<20))
        }
    }

    @Test func whatIsUnknownIsNotCancelled() async throws {
        try await attack { peer, _, queue in
            for tag in [0, 9, 65_536, .max] as [UInt32] {
                for order in 0...2 as ClosedRange<UInt32> { try await peer.order(tag, order) }
            }
            try await peer.call(0, queue, "qsize")
            #expect(try await peer.reply()?.tag == 0)
            try await peer.order(0, 4)
            #expect(try await peer.reply() == nil)
        }
    }

    @Test func ownersWithoutEndEndTheConnection() async throws {
        try await attack { peer, _, queue in
            // Each waits, and so must be known.
            let count = 65_536
            for first in stride(from: 0, to: count - 1, by: 1024) {
                let tags = first..<min(first + 1024, count - 1)
                try await peer.send(
                    tags.flatMap { peer.frame(UInt32($0), owner: UInt32($0 + 1), queue, "get") })
            }
            try await peer.call(65_535, owner: UInt32(count), queue, "qsize")
            #expect(try await peer.reply()?.tag == 65_535)
            try await peer.call(65_535, owner: UInt32(count), queue, "get")
            try await peer.call(0, owner: UInt32(count) + 1, queue, "qsize")
            #expect(try await peer.reply() == nil)
        }
    }

    @Test func batchesOfTheGreatestSizeAreAnswered() async throws {
        try await attack { peer, manager, queue in
            let witness = try await manager.list([1, 2, 3])
            let count = 65_536
            var batch = peer.frames(0..<UInt32(count), queue, "qsize")[...]
            let size = batch.count / count
            var tags: [UInt32?] = []
            // The server reads no more of it while its replies are not read.
            while tags.count < count {
                batch = batch.dropFirst(try await peer.sendUntilFull(Array(batch.prefix(1 << 20))))
                // Where the server was held up, it has taken less than is read here at once.
                let taken = count - (batch.count + size - 1) / size
                for _ in 0..<min(taken - tags.count, 8192) {
                    tags.append(try await peer.reply()?.tag)
                }
                #expect(try await witness.count == 3)
            }
            #expect(tags == (0..<UInt32(count)).map { $0 })
        }
    }

    @Test func aBatchWhoseRepliesNobodyReadsStopsItsSenderOnly() async throws {
        var limits = ServerLimits()
        limits.unreadReplies = 1 << 16
        try await attack(limits: limits) { peer, manager, queue in
            let text = String(repeating: "x", count: 10_000)
            let list = try await manager.list([text])
            let batch = peer.frames(0..<10_000, list, "copy")
            #expect(try await peer.sendUntilFull(batch) < batch.count)
            #expect(try await list.count == 1)
            try await queue.put(1)
            #expect(try await queue.get() == 1)
            peer.close()
        }
    }
}

/// A tagged connection without manners.
struct TaggedRawSocket {
    private let socket: RawSocket

    init(_ server: RunningServer) async throws {
        socket = try await RawSocket(authenticated: server)
        for (verb, arguments) in [
            ("accept_connection", ["raw#1"]), ("tagged", [1]),
        ] as [(String, [PickleValue])] {
            let request = RawClient.request(.none, verb, arguments)
            try await socket.send(frameHeader(request.count) + request)
            _ = try await socket.frame()
        }
    }

    func close() { socket.close() }

    /// How many bytes have come that have not been read.
    var bytesAtHand: Int { socket.bytesAtHand }

    func send(_ bytes: [UInt8]) async throws { try await socket.send(bytes) }

    func sendUntilFull(_ bytes: [UInt8]) async throws -> Int {
        try await socket.sendUntilFull(bytes)
    }

    func frame(
        _ tag: UInt32, owner: UInt32 = 0, _ object: some ManagerProxy, _ method: String
    ) -> [UInt8] {
        let request = RawClient.request(.str(object.token.id), method)
        return frameHeader(request.count + 8) + Self.bytes(tag) + Self.bytes(owner) + request
    }

    /// The same call under each of these tags.
    func frames(
        _ tags: Range<UInt32>, _ object: some ManagerProxy, _ method: String
    ) -> [UInt8] {
        let first = frame(0, object, method)
        return tags.flatMap { first.prefix(4) + Self.bytes($0) + first.dropFirst(8) }
    }

    func call(
        _ tag: UInt32, owner: UInt32 = 0, _ object: some ManagerProxy, _ method: String
    ) async throws {
        try await send(frame(tag, owner: owner, object, method))
    }

    /// A frame without a request.
    func order(_ tag: UInt32, _ order: UInt32) async throws {
        try await send(frameHeader(8) + Self.bytes(tag) + Self.bytes(order))
    }

    /// The next reply; nil where the server has closed.
    func reply() async throws -> (tag: UInt32, pickle: [UInt8])? {
        guard let frame = try await socket.frame(), frame.count >= 4 else { return nil }
        return (frame.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }, Array(frame.dropFirst(4)))
    }

    private static func bytes(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}
