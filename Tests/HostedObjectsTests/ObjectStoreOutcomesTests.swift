import Pickle
import Testing

@testable import HostedObjects

/// What came of calls whose connection ended before their replies had come.
@Suite struct ObjectStoreOutcomesTests {
    private let store = TestStore()

    /// A connection that has ended after what was done on it, and the next one.
    private func afterTheEnd(
        limits: StoreLimits? = nil, _ body: (TestStore, TaggedClient) -> Void
    ) -> TaggedClient {
        let store = limits.map { TestStore(limits: $0) } ?? store
        let first = TaggedClient(store, line: 1)
        body(store, first)
        first.disconnect()
        return TaggedClient(store, line: 2)
    }

    @Test func whatWasCarriedOutIsAnsweredOnceMore() {
        let list = store.make("list")
        let next = afterTheEnd { _, first in
            first.send(3, list, "append", "x", keptAs: 10)
            first.send(4, list, "pop", keptAs: 11)
            first.send(5, list, "pop", keptAs: 12)
        }
        #expect(next.outcome(line: 1, tag: 3, number: 10) == ("reply", Reply.none))
        #expect(next.outcome(line: 1, tag: 4, number: 11) == ("reply", .returns("x")))
        let empty = Reply.raises("IndexError", "pop from empty list")
        #expect(next.outcome(line: 1, tag: 5, number: 12) == ("reply", empty))
        // However often it is asked.
        #expect(next.outcome(line: 1, tag: 4, number: 11) == ("reply", .returns("x")))
        #expect(list("__len__") == .returns(0))
    }

    @Test func whatHasNotComeMayBeMadeAnew() {
        let list = store.make("list")
        let next = afterTheEnd { _, first in
            first.send(3, list, "append", "x", keptAs: 10)
        }
        // The next call under the same tag, and one under a tag that was never used.
        #expect(next.outcome(line: 1, tag: 3, number: 11) == ("unheard", nil))
        #expect(next.outcome(line: 1, tag: 9, number: 12) == ("unheard", nil))
    }

    @Test func ofAnUnknownConnectionNothingIsKnown() {
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 3, number: 10) == ("unknown", nil))
        let list = store.make("list")
        let other = TaggedClient(store, named: "swift#other", line: 1)
        other.send(3, list, "append", "x", keptAs: 10)
        other.disconnect()
        #expect(next.outcome(line: 1, tag: 3, number: 10) == ("unknown", nil))
    }

    @Test func aConnectionThatIsOpenYetEndsFirst() {
        let list = store.make("list")
        let first = TaggedClient(store, line: 1)
        first.send(3, list, "append", "x", keptAs: 10)
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 4, number: 11) == ("ending", nil))
        // What lay unread on it is not carried out any more.
        #expect(first.send(4, list, "append", "y", keptAs: 11) == nil)
        #expect(next.outcome(line: 1, tag: 4, number: 11) == ("unheard", nil))
        #expect(next.outcome(line: 1, tag: 3, number: 10) == ("reply", Reply.none))
        #expect(list("__len__") == .returns(1))
    }

    @Test func whatWaitedHasNotBeen() {
        let (queue, event) = (store.make("Queue", 1), store.make("Event"))
        queue("put", "full")
        let next = afterTheEnd { _, first in
            first.send(1, queue, "put", "x", keptAs: 1)
            first.send(2, event, "wait", keptAs: 2)
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
        #expect(next.outcome(line: 1, tag: 2, number: 2) == ("unheard", nil))
        #expect(queue("get") == .returns("full"))
        #expect(queue("qsize") == .returns(0))
    }

    @Test func whatWaitedAndWasAnsweredIsKnown() {
        let queue = store.make("Queue")
        let next = afterTheEnd { _, first in
            first.send(1, queue, "get", keptAs: 1)
            queue("put", "x")
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("reply", .returns("x")))
        #expect(queue("qsize") == .returns(0))
    }

    @Test func whatCouldNotBeHandedOverHasNotBeen() {
        let queue = store.make("Queue")
        queue("put", "x")
        let next = afterTheEnd { store, first in
            first.send(1, queue, "get", keptAs: 1)
            store.lose(first.client)
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
        #expect(queue("get") == .returns("x"))
    }

    @Test func whatCouldNotBeHandedOverAfterTheEndHasNotBeenEither() {
        let queue = store.make("Queue")
        queue("put", "x")
        let first = TaggedClient(store, line: 1)
        first.send(1, queue, "get", keptAs: 1)
        first.disconnect()
        store.lose(first.client)
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
        #expect(queue("qsize") == .returns(1))
    }

    @Test func aLockThatWasGrantedIsFreeForAnotherTry() {
        let lock = store.make("Lock")
        let next = afterTheEnd { _, first in first.send(1, lock, "acquire", keptAs: 1) }
        #expect(lock("locked") == .returns(true))
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
        #expect(lock("locked") == .returns(false))
        // Whoever has it since keeps it.
        #expect(lock("acquire") == .returns(true))
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
        #expect(lock("locked") == .returns(true))
    }

    @Test func ofAPermitNobodyCanTell() {
        let semaphore = store.make("Semaphore")
        let next = afterTheEnd { _, first in first.send(1, semaphore, "acquire", keptAs: 1) }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unknown", nil))
    }

    @Test func whatNobodyWantsGoesBack() {
        let (queue, lock) = (store.make("Queue"), store.make("Lock"))
        for item in ["a", "b", "c"] { queue("put", .str(item)) }
        let next = afterTheEnd { _, first in
            first.send(1, queue, "get", keptAs: 1)
            first.send(2, queue, "get", keptAs: 2)
            first.send(3, lock, "acquire", keptAs: 3)
        }
        // It waits for its turn where it is taken back late, and does so once.
        for tag in [2, 1, 1, 2, 3] {
            #expect(next.undo(line: 1, tag: tag, number: tag) == "done")
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
        #expect(lock("locked") == .returns(false))
        for item in ["a", "b", "c"] { #expect(queue("get") == .returns(.str(item))) }
        #expect(queue("qsize") == .returns(0))
    }

    @Test func whatIsTakenBackGoesToWhoWaits() {
        let queue = store.make("Queue")
        queue("put", "x")
        let next = afterTheEnd { _, first in first.send(1, queue, "get", keptAs: 1) }
        let other = store.client()
        queue("get", by: other)
        #expect(next.undo(line: 1, tag: 1, number: 1) == "done")
        #expect(other.mail == [.returns("x")])
    }

    @Test func whatGaveNothingStaysDone() {
        let list = store.make("list")
        let next = afterTheEnd { _, first in
            first.send(1, list, "append", "x", keptAs: 1)
            first.send(2, list, "pop", keptAs: 2)
        }
        #expect(next.undo(line: 1, tag: 1, number: 1) == "done")
        #expect(next.undo(line: 1, tag: 2, number: 2) == "done")
        #expect(next.undo(line: 1, tag: 3, number: 3) == "done")
        #expect(list("__len__") == .returns(0))
    }

    @Test func whatCannotBeTakenBackIsSaid() {
        let (semaphore, queue) = (store.make("Semaphore"), store.make("Queue"))
        queue("put", "x")
        let first = TaggedClient(store, line: 1)
        first.send(1, semaphore, "acquire", keptAs: 1)
        first.send(2, queue, "get", keptAs: 2)
        let next = TaggedClient(store, line: 2)
        #expect(next.undo(line: 1, tag: 2, number: 2) == "ending")
        #expect(next.undo(line: 1, tag: 1, number: 1) == "unknown")
        #expect(next.undo(line: 7, tag: 2, number: 2) == "unknown")
        let other = TaggedClient(store, named: "swift#other", line: 3)
        #expect(other.undo(line: 1, tag: 2, number: 2) == "unknown")
        #expect(queue("qsize") == .returns(0))
        #expect(next.undo(line: 1, tag: 2, number: 2) == "done")
        #expect(queue("qsize") == .returns(1))
    }

    @Test func whatNobodyWantsToKnowIsNotKept() {
        let list = store.make("list")
        let next = afterTheEnd { _, first in
            first.send(1, list, "append", "x", keptAs: 1)
            first.send(1, list, "__len__")
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
    }

    @Test func beyondTheLimitNobodyCanTell() {
        var limits = StoreLimits()
        limits.outcomeBytes = 100
        let next = afterTheEnd(limits: limits) { store, first in
            let list = store.make("list", .list([.bytes(Array(repeating: 1, count: 200)), "a"]))
            first.send(1, list, "pop", keptAs: 1)
            first.send(2, list, "pop", keptAs: 2)
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("reply", .returns("a")))
        #expect(next.outcome(line: 1, tag: 2, number: 2) == ("unknown", nil))
    }

    @Test(arguments: [false, true])
    func aLongReplyIsKeptToo(_ keepsFrames: Bool) {
        let long = PickleValue.bytes(Array(repeating: 1, count: 1 << 17))
        let next = afterTheEnd { store, first in
            store.keepsFrames = keepsFrames
            let list = store.make("list", .list([long, "a"]))
            first.send(1, list, "pop", 0, keptAs: 1)
            first.send(2, list, "pop", 0, keptAs: 2)
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("reply", .returns(long)))
        #expect(next.outcome(line: 1, tag: 2, number: 2) == ("reply", .returns("a")))
    }

    @Test func whoHasBeenCountedAtABarrierHasBeenThere() throws {
        try store.offerBarrier("pair", parties: 2)
        let barrier = store.make("pair")
        let next = afterTheEnd { _, first in
            first.send(1, barrier, "wait", keptAs: 1)
            // The action has begun, and waits to be carried out.
            barrier("wait")
        }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unknown", nil))
    }

    @Test func whoWaitsForACompanionAtABarrierHasNotBeenThere() {
        let barrier = store.make("Barrier", 2)
        let next = afterTheEnd { _, first in first.send(1, barrier, "wait", keptAs: 1) }
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("unheard", nil))
    }

    @Test func whoHasGivenAConditionsLockUpHasWaited() {
        let condition = store.make("Condition")
        let next = afterTheEnd { _, first in
            first.send(1, condition, "acquire", keptAs: 1)
            first.send(2, condition, "wait", keptAs: 2)
        }
        #expect(next.outcome(line: 1, tag: 2, number: 2) == ("unknown", nil))
    }

    @Test func ofOwnersCallsNothingIsKept() {
        let lock = store.make("RLock")
        let client = TaggedClient(store, line: 1)
        #expect(client.send(1, lock, "acquire", owner: 5, keptAs: 1) == nil)
    }

    /// What is given back after the end is not counted as kept any more, and what was counted is.
    @Test func whatIsForgottenMakesRoom() {
        var limits = StoreLimits()
        limits.endedBytes = 10_000
        let store = TestStore(limits: limits)
        let queue = store.make("Queue")
        for line in 1...20 {
            queue("put", .bytes(Array(repeating: 1, count: 5000)))
            let client = TaggedClient(store, line: line)
            client.send(1, queue, "get", keptAs: 1)
            client.disconnect()
            store.lose(client.client)
        }
        let next = TaggedClient(store, line: 100)
        #expect(next.outcome(line: 20, tag: 1, number: 1) == ("unheard", nil))
        #expect(next.outcome(line: 19, tag: 1, number: 1) == ("unknown", nil))
        #expect(queue("qsize") == .returns(20))
    }

    @Test func oneKnowsOnlySoManyForSoLong() {
        var limits = StoreLimits()
        limits.endedLines = 2
        let store = TestStore(limits: limits)
        for line in 1...3 { TaggedClient(store, line: line).disconnect() }
        let next = TaggedClient(store, line: 4)
        #expect(next.outcome(line: 1, tag: 0, number: 0) == ("unknown", nil))
        #expect(next.outcome(line: 2, tag: 0, number: 0) == ("unheard", nil))
        store.advance(seconds: limits.outcomeTime + 1)
        TaggedClient(store, line: 5).disconnect()
        #expect(next.outcome(line: 3, tag: 0, number: 0) == ("unknown", nil))
        #expect(next.outcome(line: 5, tag: 0, number: 0) == ("unheard", nil))
    }

    @Test func oneAsksOfOthersThanOneself() {
        let client = TaggedClient(store, line: 1)
        guard case .traceback = client.outcome(line: 1, tag: 0, number: 0).reply else {
            Issue.record("not refused")
            return
        }
        guard case .traceback = store.verb("outcome", .int(1), .int(1), .int(1)) else {
            Issue.record("a stranger was not refused")
            return
        }
    }

    @Test func noTwoConnectionsHaveOneName() {
        let first = TaggedClient(store, line: 1)
        let client = store.client(named: "swift#1|line")
        guard case .traceback = client.send(nil, "tagged", [.int(1), .int(1)]) else {
            Issue.record("not refused")
            return
        }
        first.disconnect()
        guard case .traceback = client.send(nil, "tagged", [.int(1), .int(-1)]) else {
            Issue.record("not refused")
            return
        }
        #expect(client.send(nil, "tagged", [.int(1), .int(2)]) == .returns(65_536))
    }

    @Test(arguments: 0...12)
    func aFrameThatEndsTooEarlyEndsTheConnection(_ count: Int) {
        let client = TaggedClient(store, line: 1)
        let bytes = TaggedClient.word(1) + TaggedClient.word(1 << 31) + TaggedClient.word(7)
        #expect(client.send(Array(bytes.prefix(count))) == nil)
    }
}
