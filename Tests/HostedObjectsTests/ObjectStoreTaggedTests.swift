import Pickle
import Testing

@testable import HostedObjects

@Suite struct ObjectStoreTaggedTests {
    private let store = TestStore()

    @Test func onlyWhoAnnouncesItselfMayUseTags() {
        let stranger = store.client()
        guard case .traceback = stranger.send(nil, "tagged", [.int(1)]) else {
            Issue.record("a client without a name was let in")
            return
        }
        let client = store.client(named: "swift#1")
        #expect(client.send(nil, "tagged", [.int(1)]) == .returns(65_536))
    }

    @Test func aVerbOfItsOwnConnectionHasNoTags() {
        guard case .traceback(let reason) = store.verb("tagged", .int(1)) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("cannot be tagged"))
    }

    @Test func repliesHaveTheTagsOfTheirRequests() {
        let dict = store.make("dict")
        let client = TaggedClient(store)
        #expect(client.send(7, dict, "__setitem__", "a", 1) == [.init(7, Reply.none)])
        #expect(client.send(65_535, dict, "__getitem__", "a") == [.init(65_535, .returns(1))])
        #expect(
            client.send(0, dict, "__getitem__", "b") == [.init(0, .raises("KeyError", ["b"]))])
    }

    @Test func aCallThatWaitsKeepsNoOtherWaiting() {
        let queue = store.make("Queue")
        let client = TaggedClient(store)
        #expect(client.send(1, queue, "get") == [])
        #expect(client.send(2, queue, "get") == [])
        #expect(client.send(3, queue, "qsize") == [.init(3, .returns(0))])
        #expect(
            client.send(4, queue, "put", "x")?.sorted { $0.tag < $1.tag }
                == [.init(1, .returns("x")), .init(4, Reply.none)])
    }

    @Test func whatWaitsCanBeCancelled() {
        let queue = store.make("Queue")
        let client = TaggedClient(store)
        client.send(1, queue, "get")
        #expect(client.order(.cancel, 1) == [.init(1, nil)])
        #expect(store.waitingCalls == 0)
        client.send(2, queue, "put", "x")
        #expect(queue("qsize") == .returns(1))
    }

    @Test func whatWasAnsweredIsNotCancelled() {
        let queue = store.make("Queue")
        queue("put", "x")
        let client = TaggedClient(store)
        #expect(client.send(1, queue, "get") == [.init(1, .returns("x"))])
        #expect(client.order(.cancel, 1) == [])
        #expect(queue("qsize") == .returns(0))
        #expect(client.order(.cancel, 9) == [])
    }

    @Test func whatAReplyGaveCanBeGivenBackUntilItsTagIsUsedAgain() {
        let queue = store.make("Queue")
        for item in ["x", "y", "z"] as [PickleValue] { queue("put", item) }
        let client = TaggedClient(store)
        client.send(1, queue, "get")
        client.send(2, queue, "get")
        client.order(.undo, 1)
        #expect(queue("get") == .returns("x"))
        client.send(2, queue, "qsize")
        client.order(.undo, 2)
        #expect(queue("get") == .returns("z"))
        client.order(.undo, 1)
        #expect(queue("qsize") == .returns(0))
    }

    /// Whoever says it cannot have read the reply; what it gave goes back when that is lost.
    @Test func whatHasNotGoneIsNotGivenBackByItsReader() {
        let queue = store.make("Queue")
        queue("put", "x")
        let client = TaggedClient(store)
        let receptions = store.receiveTogether(
            [TaggedClient.frame(1, queue, "get"), TaggedClient.frame(.undo, 1)],
            from: client.client.session)
        #expect(receptions == [.replied, .hangUp])
        #expect(queue("qsize") == .returns(0))
    }

    /// Nor what has just been granted to a call that waited.
    @Test func whatIsToBeDeliveredIsNotGivenBackByItsReader() {
        let queue = store.make("Queue")
        let client = TaggedClient(store)
        #expect(client.send(5, queue, "get") == [])
        let receptions = store.receiveTogether(
            [TaggedClient.frame(6, queue, "put", ["x"]), TaggedClient.frame(.undo, 5)],
            from: client.client.session)
        #expect(receptions == [.replied, .hangUp])
        #expect(queue("qsize") == .returns(0))
    }

    @Test func unreadItemsGoInTheirOrderToWhoWaitsForThem() {
        let queue = store.make("Queue")
        for item in [1, 2, 3] as [PickleValue] { queue("put", item) }
        let client = TaggedClient(store)
        for tag in 1...4 as ClosedRange<UInt32> { client.send(tag, queue, "get") }
        let others = (0..<2).map { _ in store.client() }
        for other in others { queue("get", by: other) }
        store.disconnectUnread(client.client.session)
        #expect(others.map(\.mail) == [[.returns(1)], [.returns(2)]])
        #expect(queue("get") == .returns(3))
        #expect(queue("qsize") == .returns(0))
    }

    @Test func aLockThatNobodyWantsAnyMoreIsFree() {
        let lock = store.make("Lock")
        let client = TaggedClient(store)
        client.send(1, lock, "acquire")
        client.order(.undo, 1)
        #expect(lock("acquire", false) == .returns(true))
    }

    /// Also one of an owner, which has ended with its call.
    @Test(arguments: [0, 5] as [UInt32])
    func aPermitThatNobodyWantsAnyMoreIsFree(owner: UInt32) {
        let semaphore = store.make("Semaphore", 1)
        let client = TaggedClient(store)
        client.send(1, semaphore, "acquire", owner: owner)
        client.order(.undo, 1)
        #expect(semaphore("acquire", false) == .returns(true))
    }

    @Test func tooMuchIsNotKept() {
        let store = TestStore { $0.undoableBytes = 100 }
        let queue = store.make("Queue")
        queue("put", .str(PickleString(String(repeating: "x", count: 200))))
        let client = TaggedClient(store)
        client.send(1, queue, "get")
        client.order(.undo, 1)
        #expect(queue("qsize") == .returns(0))
    }

    // MARK: Owners

    @Test func ownersOfAConnectionExcludeOneAnother() {
        let lock = store.make("RLock")
        let client = TaggedClient(store)
        #expect(client.send(1, lock, "acquire", owner: 5) == [.init(1, .returns(true))])
        #expect(client.send(2, lock, "acquire", owner: 5) == [.init(2, .returns(true))])
        #expect(client.send(3, lock, "acquire", owner: 6) == [])
        client.send(4, lock, "release", owner: 5)
        let last = client.send(5, lock, "release", owner: 5)
        #expect(last?.contains(.init(3, .returns(true))) == true)
        let again = client.send(6, lock, "release", owner: 5)
        guard case .raises("RuntimeError", _) = again?.first?.reply else {
            Issue.record("released twice")
            return
        }
    }

    @Test func anOwnerWaitsForAConditionOnASharedConnection() {
        let condition = store.make("Condition")
        let client = TaggedClient(store)
        client.send(1, condition, "acquire", owner: 1)
        #expect(client.send(2, condition, "wait", owner: 1) == [])
        client.send(3, condition, "acquire", owner: 2)
        client.send(4, condition, "notify", owner: 2)
        let last = client.send(5, condition, "release", owner: 2)
        #expect(last?.contains(.init(2, .returns(true))) == true)
    }

    @Test func anOwnerThatEndsHoldsNothing() {
        let lock = store.make("RLock")
        let client = TaggedClient(store)
        client.send(1, lock, "acquire", owner: 1)
        client.send(2, lock, "acquire", owner: 2)
        #expect(client.order(.endOwner, 1) == [.init(2, .returns(true))])
        client.send(3, lock, "acquire", owner: 3)
        #expect(client.order(.endOwner, 3) == [.init(3, nil)])
        #expect(store.waitingCalls == 0)
        #expect(client.order(.endOwner, 99) == [])
    }

    /// Only its own calls go, in the order in which they came, also those under a tag that another
    /// owner's call had before.
    @Test func anOwnerThatEndsWaitsForNothing() {
        let queue = store.make("Queue")
        let client = TaggedClient(store)
        client.send(9, queue, "get", owner: 2)
        client.send(8, queue, "get", owner: 1)
        #expect(client.order(.cancel, 9) == [.init(9, nil)])
        client.send(9, queue, "get", owner: 1)
        client.send(2, queue, "get", owner: 2)
        client.send(1, queue, "get", owner: 1)
        client.send(3, queue, "get")
        #expect(
            client.order(.endOwner, 1) == [.init(8, nil), .init(9, nil), .init(1, nil)])
        #expect(store.waitingCalls == 2)
        #expect(client.send(4, queue, "put", .int(7))?.contains(.init(2, .returns(7))) == true)
        #expect(client.send(5, queue, "put", .int(8))?.contains(.init(3, .returns(8))) == true)
    }

    /// Each of them takes as long as the first.
    @Test func thousandsOfOwnersThatWaitMayEnd() {
        let queue = store.make("Queue")
        let client = TaggedClient(store)
        let owners = 1...20_000 as ClosedRange<UInt32>
        for owner in owners { client.send(owner, queue, "get", owner: owner) }
        #expect(store.waitingCalls == owners.count)
        for owner in owners.reversed() { client.order(.endOwner, owner) }
        #expect(store.waitingCalls == 0)
    }

    @Test func theEndOfTheConnectionIsThatOfItsOwners() {
        let lock = store.make("RLock")
        let queue = store.make("Queue")
        let client = TaggedClient(store)
        client.send(1, lock, "acquire", owner: 1)
        client.send(2, lock, "acquire", owner: 2)
        client.send(3, queue, "get")
        client.disconnect()
        #expect(store.waitingCalls == 0)
        #expect(lock("acquire", false) == .returns(true))
        queue("put", "x")
        #expect(queue("qsize") == .returns(1))
    }

    @Test func aLockOfAKilledProcessIsFree() {
        let lock = store.make("Lock")
        let process = store.process()
        let client = TaggedClient(store, from: .process(process.id))
        client.send(1, lock, "acquire", owner: 4)
        client.disconnect()
        store.end(process.id, wasKilled: true)
        #expect(lock("acquire", false) == .returns(true))
    }

    // MARK: Misuse

    @Test func framesThatAreNoneEndTheConnection() {
        let queue = store.make("Queue")
        #expect(TaggedClient(store).send([1, 2, 3]) == nil)
        #expect(TaggedClient(store).send(TaggedClient.word(1) + TaggedClient.word(77)) == nil)
        #expect(TaggedClient(store).send(65_536, queue, "qsize") == nil)
        let client = TaggedClient(store)
        client.send(1, queue, "get")
        #expect(client.send(1, queue, "qsize") == nil)
    }

    @Test func tooManyOwnersEndTheConnection() {
        let store = TestStore { $0.owners = 2 }
        let client = TaggedClient(store)
        let locks = (0..<3).map { _ in store.make("RLock") }
        client.send(1, locks[0], "acquire", owner: 1)
        client.send(2, locks[1], "acquire", owner: 2)
        #expect(client.send(3, locks[2], "acquire", owner: 3) == nil)
    }

    @Test func ownersThatHoldNothingAreForgotten() {
        let store = TestStore { $0.owners = 2 }
        let client = TaggedClient(store)
        let lock = store.make("RLock")
        for owner in 1...10 as ClosedRange<UInt32> {
            #expect(client.send(1, lock, "acquire", owner: owner) == [.init(1, .returns(true))])
            #expect(client.send(2, lock, "release", owner: owner) == [.init(2, Reply.none)])
        }
    }
}
