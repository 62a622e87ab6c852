import Pickle
import Synchronization
import Testing

@testable import Connections

/// A tagged line whose peer is the test.
@Suite(.timeLimit(.minutes(10)))
struct TaggedLineTests {
    /// The line's peer: takes requests apart, and answers which it likes.
    private struct Peer {
        let connection: Connection

        struct Request: Equatable {
            let tag: [UInt8]
            let word: [UInt8]
            let body: [UInt8]
        }

        func next() async throws -> Request {
            let message = try await connection.receiveBytes()
            return Request(
                tag: Array(message[0..<4]), word: Array(message[4..<8]), body: Array(message[8...]))
        }

        func answer(_ request: Request) async throws {
            try await connection.sendBytes(request.tag + request.body)
        }
    }

    private func withLine(
        tags: Int, _ body: (TaggedLine, Peer) async throws -> Void
    ) async throws {
        let pair = try await ConnectedPair()
        let line = try pair.client.tagged(
            tags: tags, number: 1, onPush: { _, _ in }, onUnwanted: { _ in })
        try await body(line, Peer(connection: pair.server))
        line.close()
    }

    private func batch(_ requests: [UInt8]...) -> [CompactBytes] {
        requests.map { CompactBytes($0) }
    }

    private func reply(_ outcome: ExchangeOutcome?) throws -> [UInt8]? { try outcome?.get() }

    /// Lets tasks that have been made come to where they wait.
    private func aWhile() async throws { try await Task.sleep(for: .milliseconds(50)) }

    @Test func repliesComeInAnyOrder() async throws {
        try await withLine(tags: 8) { line, peer in
            async let first = line.exchangeAtOnce([1], timeout: nil)
            let one = try await peer.next()
            async let second = line.exchangeAtOnce([2], timeout: nil)
            let two = try await peer.next()
            try await peer.answer(two)
            let secondReply = try reply(await second)
            #expect(secondReply == [2])
            try await peer.answer(one)
            let firstReply = try reply(await first)
            #expect(firstReply == [1])
        }
    }

    /// The server is to work while the loop's other tasks run, and is not to be woken for each.
    @Test func whatTheLoopsTasksAskGoesInAFewWrites() async throws {
        try await withLine(tags: 64) { line, peer in
            // How many bytes had gone when each task began.
            async let gone = withTaskExecutorPreference(line.loop) {
                await withTaskGroup(of: UInt64.self) { group in
                    for number in UInt8(0)..<32 {
                        group.addTask {
                            let gone = line.state.withLock { $0.outgoing.handed }
                            let outcome = await line.exchangeAtOnce([number], timeout: nil)
                            if case .reply([number])? = outcome { return gone }
                            return .max
                        }
                    }
                    return await group.reduce(into: Set()) { $0.insert($1) }
                }
            }
            for _ in 0..<32 { try await peer.answer(try await peer.next()) }
            let size = UInt64(12 + 1)
            let expected = Set([0, 4, 8, 12, 18, 27].map { $0 * size })
            #expect(await gone == expected)
        }
    }

    /// Orders that are put in line together leave the line as it was.
    @Test func callsWhoseTimeIsOverTogetherLeaveTheLineUsable() async throws {
        try await withLine(tags: 256) { line, peer in
            let many = (UInt8(0)..<32).map { CompactBytes([$0]) }
            for _ in 0..<3 {
                let replies = await line.exchange(many, timeout: .milliseconds(30))
                #expect(replies.missing.map(\.reason.code) == many.map { _ in .timedOut })
            }
            async let outcome = line.exchangeAtOnce([99], timeout: nil)
            var late: [Peer.Request] = []
            while true {
                let request = try await peer.next()
                if request.body == [99] {
                    try await peer.answer(request)
                    break
                }
                if !request.body.isEmpty { late.append(request) }
            }
            let reply = try reply(await outcome)
            #expect(reply == [99])
            // Nobody wants these any more: each is given back.
            for request in late { try await peer.answer(request) }
            async let last = line.exchangeAtOnce([98], timeout: nil)
            for _ in 0...late.count {
                let request = try await peer.next()
                if request.body == [98] {
                    try await peer.answer(request)
                } else {
                    #expect(request.word == [0, 0, 0, 1])
                }
            }
            let lastReply = try self.reply(await last)
            #expect(lastReply == [98])
        }
    }

    /// The loop's tasks and others at once, more than the socket takes.
    @Test func whatManyWriteArrivesWhole() async throws {
        try await withLine(tags: 64) { line, peer in
            let answering = Task {
                for _ in 0..<800 { try await peer.answer(try await peer.next()) }
            }
            await withTaskGroup { group in
                for number in UInt8(0)..<40 {
                    let executor: (any TaskExecutor)? = number < 20 ? line.loop : nil
                    group.addTask(executorPreference: executor) {
                        for round in 0..<20 {
                            let size = (round * 7919 + Int(number) * 104_729) % 90_000
                            let request = [UInt8](repeating: number, count: size) + [number]
                            let outcome = await line.exchangeAtOnce(request, timeout: nil)
                            switch outcome {
                            case .reply(request)?: break
                            case .longReply(let frame, let start)?:
                                #expect(frame.bytes(behind: start) == request)
                            default: Issue.record("\(size) bytes of \(number) came to nothing")
                            }
                        }
                    }
                }
            }
            try await answering.value
        }
    }

    /// Who was cancelled while it waited for a tag leaves its turn to the next.
    @Test func aTurnIsNotLostWithWhoWasCancelled() async throws {
        try await withLine(tags: 8) { line, peer in
            try await withThrowingTaskGroup { group in
                // Two of the tags are kept for calls that cannot wait.
                for number in UInt8(0)..<6 {
                    group.addTask {
                        _ = try await line.exchange([number], onInterruption: .halfClose)
                    }
                }
                var requests: [Peer.Request] = []
                for _ in 0..<6 { requests.append(try await peer.next()) }
                let waiting = (0..<3).map { _ in
                    Task { try await line.exchange([9], onInterruption: .halfClose) }
                }
                try await aWhile()
                group.addTask {
                    let reply = try await line.exchange([7], onInterruption: .halfClose)
                    #expect(reply == [7])
                }
                try await aWhile()
                for task in waiting { task.cancel() }
                for task in waiting {
                    await #expect(throws: ConnectionError.self) { try await task.value }
                }
                try await peer.answer(requests.removeFirst())
                let last = try await peer.next()
                #expect(last.body == [7])
                for request in requests + [last] { try await peer.answer(request) }
                try await group.waitForAll()
            }
        }
    }

    @Test func whereNoTagIsLeftNothingBeginsAtOnce() async throws {
        try await withLine(tags: 1) { line, peer in
            async let first = line.exchangeAtOnce([1], timeout: nil)
            let one = try await peer.next()
            let refused = try reply(await line.exchangeAtOnce([2], timeout: nil))
            #expect(refused == nil)
            async let second = line.exchange(batch([2], [3]))
            try await peer.answer(one)
            let firstReply = try reply(await first)
            #expect(firstReply == [1])
            for _ in 0..<2 { try await peer.answer(try await peer.next()) }
            let replies = await second
            #expect(replies.count == 2)
            #expect(replies[1].map { Array(replies.bytes[$0]) } == [3])
        }
    }

    @Test func aTaskThatWasCancelledBeforeAsksNothing() async throws {
        try await withLine(tags: 8) { line, peer in
            let outcome = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await line.exchangeAtOnce([1], timeout: nil)
            }.value
            let early = try reply(outcome)
            #expect(early == nil)
            let replies = await Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await line.exchange(batch([1]))
            }.value
            #expect(replies.failure(0)?.code == .cancelled)
            async let other = line.exchangeAtOnce([2], timeout: nil)
            let request = try await peer.next()
            #expect(request.body == [2])
            try await peer.answer(request)
            _ = await other
        }
    }

    @Test func whatTakesTooLongSaysHowLong() async throws {
        try await withLine(tags: 8) { line, peer in
            let time = Duration.milliseconds(40)
            let outcome = await line.exchangeAtOnce([1], timeout: time)
            #expect(throws: ConnectionError.timedOut("the exchange", after: time)) {
                try outcome?.get()
            }
            let replies = await line.exchange(batch([2]), timeout: time)
            #expect(replies.failure(0) == .timedOut("the exchange", after: time))
            // Both are cancelled at the peer.
            let (first, order, second) = try await (peer.next(), peer.next(), peer.next())
            #expect(first.body == [1])
            #expect(order.word == [0, 0, 0, 0])
            #expect(second.body == [2])
        }
    }

    @Test func itIsIdleOnceAllHaveTheirReplies() async throws {
        try await withLine(tags: 8) { line, peer in
            await line.whenIdle(within: .seconds(60))
            async let first = line.exchangeAtOnce([1], timeout: nil)
            async let second = line.exchange([2], onInterruption: .halfClose)
            let requests = try await [peer.next(), peer.next()]
            let isIdle = Atomic(false)
            async let idle: Void = {
                await line.whenIdle(within: .seconds(60))
                isIdle.store(true, ordering: .relaxed)
            }()
            try await peer.answer(requests[0])
            try await aWhile()
            let wasIdle = isIdle.load(ordering: .relaxed)
            #expect(!wasIdle)
            try await peer.answer(requests[1])
            await idle
            _ = try await (first, second)
            async let third = line.exchangeAtOnce([3], timeout: nil)
            _ = try await peer.next()
            await line.whenIdle(within: .milliseconds(20))
            line.close()
            let end = await third
            #expect(throws: ConnectionError.self) { try end?.get() }
        }
    }

    @Test func anEndIsToldToEachPartOfABatch() async throws {
        try await withLine(tags: 8) { line, peer in
            async let outcome = line.exchange(batch([1], [2], [3]))
            let first = try await peer.next()
            try await peer.answer(first)
            _ = try await peer.next()
            peer.connection.close()
            let replies = await outcome
            #expect(replies[0].map { Array(replies.bytes[$0]) } == [1])
            #expect(replies.failure(1)?.isUnsent == false)
            #expect(replies.failure(2)?.code == .closed)
        }
    }

    @Test func whoseOutcomeIsKeptLearnsByWhatNames() async throws {
        try await withLine(tags: 8) { line, peer in
            async let kept = line.exchangeAtOnce([1], keepsOutcome: true, timeout: nil)
            let first = try await peer.next()
            #expect(first.word == [0x80, 0, 0, 0])
            #expect(first.body.count == 5 && first.body.last == 1)
            async let other = line.exchangeAtOnce([2], timeout: nil)
            let second = try await peer.next()
            #expect(second.word == [0, 0, 0, 0])
            #expect(second.body == [2])
            peer.connection.close()
            guard case .failure(let lost) = await kept, case .failure(let unkept) = await other
            else {
                Issue.record("a reply that nobody sent")
                return
            }
            let number = first.body.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
            let tag = first.tag.reduce(0) { $0 << 8 | UInt32($1) }
            #expect(lost.lostCall == LostCall(line: 1, tag: tag, number: number))
            #expect(unkept.lostCall == nil)
        }
    }
}

extension ReplyBatch {
    fileprivate func failure(_ index: Int) -> ConnectionError? {
        missing.first { $0.index == index }?.reason
    }
}
