import Pickle
import Testing

@testable import HostedObjects

/// What tagged connections may use, and what is kept for them: what reaches a limit is, what is
/// beyond it is not, and others are served.
@Suite struct TaggedLimitsTests {
    private func bytes(_ count: Int) -> PickleValue {
        .bytes([UInt8](repeating: 7, count: count))
    }

    // MARK: What is under way

    @Test func onlySoManyCallsAreUnderWay() {
        let store = TestStore { $0.tags = 3 }
        let queue = store.make("Queue")
        let (client, other) = (TaggedClient(store), TaggedClient(store, named: "swift#2"))
        for tag in 0..<3 as Range<UInt32> { #expect(client.send(tag, queue, "get") == []) }
        #expect(store.waitingCalls == 3)
        #expect(client.send(3, queue, "qsize") == nil)
        #expect(store.takeReached(.requestsInFlight) == 1)
        client.disconnect()
        #expect(store.waitingCalls == 0)
        #expect(other.send(2, queue, "qsize") == [.init(2, .returns(0))])
    }

    @Test(arguments: 1...3)
    func onlySoManyOwnersHoldSomething(limit: Int) {
        let store = TestStore { $0.owners = limit }
        let (client, other) = (TaggedClient(store), TaggedClient(store, named: "swift#2"))
        for owner in 1...UInt32(limit) {
            let lock = store.make("RLock")
            #expect(
                client.send(owner, lock, "acquire", owner: owner)
                    == [.init(owner, .returns(true))])
        }
        let lock = store.make("RLock")
        #expect(client.send(0, lock, "acquire", owner: UInt32(limit) + 1) == nil)
        #expect(store.takeReached(.owners) == 1)
        #expect(other.send(1, lock, "acquire", owner: 1) == [.init(1, .returns(true))])
    }

    /// Replies are gathered until there is enough to be written.
    @Test(arguments: [-1, 0, 1])
    func repliesAreGatheredUpToTheirLimit(more: Int) {
        let roomy = TestStore()
        roomy.make("list")("__len__")
        let size = roomy.lastFrames.count
        let store = TestStore { $0.replies = 2 * size + more }
        let list = store.make("list")
        let request = PickleValue.tuple([
            .str(PickleString(list.ident)), "__len__", .tuple([]), .dict([]),
        ]).pickled()
        let receptions = store.receiveTogether(
            [[UInt8]](repeating: request, count: 3), from: list.client.session)
        #expect(
            receptions == [.replied, more > 0 ? .replied : .repliedEnough, .repliedEnough])
    }

    // MARK: What can be given back

    @Test(arguments: [-1, 0, 1])
    func itemsAreKeptUpToTheirLimit(more: Int) {
        let item = bytes(100)
        let store = TestStore { $0.undoableBytes = 2 * PickledValue(item).body.count + more }
        let queue = store.make("Queue")
        let client = TaggedClient(store)
        for tag in 1...3 as ClosedRange<UInt32> {
            queue("put", item)
            client.send(tag, queue, "get")
        }
        // The third is one too many, and perhaps the second.
        for tag in 1...3 as ClosedRange<UInt32> { client.order(.undo, tag) }
        #expect(queue("qsize") == .returns(.int(more < 0 ? 1 : 2)))
        // What has been given back makes room.
        client.send(4, queue, "get")
        client.order(.undo, 4)
        #expect(queue("qsize") == .returns(.int(more < 0 ? 1 : 2)))
    }

    // MARK: What came of calls

    /// How long the reply is that returns a value, as a pickle.
    private func size(_ value: PickleValue) -> Int {
        ReplyFrame.pickle(returning: PickledValue(value)).count
    }

    @Test(arguments: [-1, 0, 1], [false, true])
    func repliesAreKeptUpToTheirLimit(more: Int, isLong: Bool) {
        let item = bytes(isLong ? 1 << 17 : 100)
        let store = TestStore { $0.outcomeBytes = 2 * size(item) + more }
        let list = store.make("list", .list([item, item]))
        let client = TaggedClient(store, line: 1)
        for tag in 1...2 as ClosedRange<UInt32> { client.send(tag, list, "pop", keptAs: tag) }
        // The usual reply takes no room.
        client.send(3, list, "append", "x", keptAs: 3)
        client.disconnect()
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("reply", .returns(item)))
        let second: (String?, Reply?) = more < 0 ? ("unknown", nil) : ("reply", .returns(item))
        #expect(next.outcome(line: 1, tag: 2, number: 2) == second)
        #expect(next.outcome(line: 1, tag: 3, number: 3) == ("reply", Reply.none))
        #expect(list("__len__") == .returns(1))
    }

    @Test(arguments: 1...3)
    func onlySoManyEndedConnectionsAreKnown(limit: Int) {
        let store = TestStore { $0.endedLines = limit }
        let next = TaggedClient(store, line: 100)
        for line in 1...limit { TaggedClient(store, line: line).disconnect() }
        #expect(next.outcome(line: 1, tag: 0, number: 0) == ("unheard", nil))
        TaggedClient(store, line: limit + 1).disconnect()
        #expect(next.outcome(line: 1, tag: 0, number: 0) == ("unknown", nil))
        for line in 2...limit + 1 {
            #expect(next.outcome(line: line, tag: 0, number: 0) == ("unheard", nil))
        }
    }

    @Test(arguments: [-1, 0, 1])
    func endedConnectionsAreKnownUpToTheirBytes(more: Int) {
        let item = bytes(1000)
        // An entry counts for 96 bytes besides what it keeps, and a connection for as many.
        let store = TestStore { $0.endedBytes = 2 * (2 * 96 + size(item)) + more }
        let list = store.make("list", .list([item, item]))
        for line in 1...2 {
            let client = TaggedClient(store, line: line)
            client.send(1, list, "pop", keptAs: 1)
            client.disconnect()
        }
        let next = TaggedClient(store, line: 3)
        let first: (String?, Reply?) = more < 0 ? ("unknown", nil) : ("reply", .returns(item))
        #expect(next.outcome(line: 1, tag: 1, number: 1) == first)
        #expect(next.outcome(line: 2, tag: 1, number: 1) == ("reply", .returns(item)))
        #expect(list("__len__") == .returns(0))
    }

    /// Whoever has ended last is known however much that is.
    @Test func theLastEndedConnectionIsKnownAnyway() {
        let item = bytes(1000)
        let store = TestStore { $0.endedBytes = 1 }
        let list = store.make("list", .list([item]))
        let client = TaggedClient(store, line: 1)
        client.send(1, list, "pop", keptAs: 1)
        client.disconnect()
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("reply", .returns(item)))
    }

    @Test(arguments: [(7.5, true), (8, true), (8.5, false)])
    func endedConnectionsAreKnownForSoLong(seconds: Double, isKnown: Bool) {
        let store = TestStore { $0.outcomeTime = 8 }
        TaggedClient(store, line: 1).disconnect()
        store.advance(seconds: seconds)
        let next = TaggedClient(store, line: 100)
        // Until another one ends.
        #expect(next.outcome(line: 1, tag: 0, number: 0) == ("unheard", nil))
        TaggedClient(store, line: 2).disconnect()
        #expect(
            next.outcome(line: 1, tag: 0, number: 0) == (isKnown ? "unheard" : "unknown", nil))
    }

    /// What is kept of calls counts as held, and a tag takes no room for those below it.
    @Test(arguments: [0, 65_535] as [UInt32])
    func whatIsKeptIsCountedByTheTagsInUse(tag: UInt32) {
        let store = TestStore()
        let list = store.make("list")
        let before = store.heldBytes
        let client = TaggedClient(store, line: 1)
        client.send(tag, list, "reverse", keptAs: 1)
        #expect(store.heldBytes > before)
        #expect(store.heldBytes - before < 4096)
        client.disconnect()
        #expect(store.heldBytes == before)
        #expect(
            TaggedClient(store, line: 2).outcome(line: 1, tag: Int(tag), number: 1).kind == "reply")
    }
}
