import Pickle
import Testing

@testable import HostedObjects

/// Leases together with what else decides who holds something: replies that come too late, kept
/// outcomes, owners, the death of others. And connections that promise to be heard of.
@Suite struct ObjectStoreLeasesTests {
    private let store = TestStore()

    // MARK: Replies that come too late

    @Test(arguments: ["Lock", "RLock", "Semaphore"])
    func aGrantThatIsLostIsTakenBackWithItsLease(typeid: String) {
        let object = typeid == "Semaphore" ? store.make(typeid, 1) : store.make(typeid)
        let (alice, bob) = (store.client(), store.client())
        object("acquire_token", true, .none, 10, by: alice)
        #expect(object("acquire_token", by: bob) == .parked)
        store.lose(alice)
        #expect(bob.mail == [.returns(2)])
        #expect(store.nextDeadline == nil)
        // Once more, of what is over: nothing.
        store.lose(alice)
        #expect(object("acquire", false) == .returns(false))
    }

    @Test(arguments: ["Lock", "RLock", "Semaphore"])
    func aLostReplyOfALapsedGrantTakesNothingFromTheNext(typeid: String) {
        let object = typeid == "Semaphore" ? store.make(typeid, 1) : store.make(typeid)
        let alice = store.client()
        object("acquire_token", true, .none, 10, by: alice)
        store.advance(seconds: 10)
        // The same client, by another call.
        #expect(object("acquire_token", by: alice) == .returns(2))
        let bob = store.client()
        #expect(object("acquire", false, by: bob) == .returns(false))
        let tagged = TaggedClient(store)
        _ = tagged
        #expect(object("release_token", 2, by: alice) == .none)
    }

    @Test func anOrderToUndoALapsedGrantDoesNothing() {
        let lock = store.make("Lock")
        let client = TaggedClient(store)
        client.send(1, lock, "acquire_token", true, .none, 10)
        store.advance(seconds: 10)
        #expect(lock("acquire", false) == .returns(true))
        client.order(.undo, 1)
        #expect(lock("acquire", false) == .returns(false))
    }

    // MARK: Kept outcomes

    @Test(arguments: ["Lock", "Semaphore"])
    func aGrantWhoseReplyWasLostIsFreeToBeAskedForAnew(typeid: String) {
        let object = typeid == "Semaphore" ? store.make(typeid, 1) : store.make(typeid)
        let first = TaggedClient(store, line: 1)
        first.send(3, object, "acquire_token", true, .none, 10, keptAs: 1)
        first.disconnect()
        #expect(object("acquire", false) == .returns(false))
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 3, number: 1) == ("unheard", nil))
        #expect(object("acquire_token", false) == .returns(2))
    }

    @Test(arguments: ["Lock", "Semaphore"])
    func oneThatHasLapsedSinceIsNotTakenFromItsSuccessor(typeid: String) {
        let object = typeid == "Semaphore" ? store.make(typeid, 1) : store.make(typeid)
        let first = TaggedClient(store, line: 1)
        first.send(3, object, "acquire_token", true, .none, 10, keptAs: 1)
        first.disconnect()
        store.advance(seconds: 10)
        #expect(object("acquire_token", false) == .returns(2))
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 3, number: 1) == ("unheard", nil))
        #expect(object("acquire", false) == .returns(false))
        #expect(object("release_token", 2) == .none)
    }

    @Test func aReleaseIsCarriedOutOnce() {
        let lock = store.make("Lock")
        let first = TaggedClient(store, line: 1)
        first.send(1, lock, "acquire_token", true, .none, 10, keptAs: 1)
        first.send(2, lock, "release_token", 1, keptAs: 2)
        first.disconnect()
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 2, number: 2) == ("reply", Reply.none))
    }

    @Test func aFencedCallIsCarriedOutOnce() {
        let list = store.make("list")
        let first = TaggedClient(store, line: 1)
        first.send(1, list, "#FENCED", 5, "append", "x", keptAs: 1)
        first.send(2, list, "#FENCED", 4, "append", "y", keptAs: 2)
        first.disconnect()
        let next = TaggedClient(store, line: 2)
        #expect(next.outcome(line: 1, tag: 1, number: 1) == ("reply", Reply.none))
        let refusal = next.outcome(line: 1, tag: 2, number: 2)
        guard case .raises("PermissionError", _) = refusal.reply else {
            Issue.record("\(refusal)")
            return
        }
        #expect(list("__len__") == .returns(1))
    }

    // MARK: Owners

    @Test func anOwnersLeaseEndsItsHoldOnly() {
        let lock = store.make("RLock")
        let client = TaggedClient(store)
        #expect(
            client.send(1, lock, "acquire_token", true, .none, 10, owner: 1)
                == [TaggedReply(1, .returns(1))])
        client.send(2, lock, "acquire_token", owner: 2)
        store.advance(seconds: 10)
        // The other owner of the same connection has it now.
        #expect(client.send(3, lock, "token", owner: 2) == [TaggedReply(3, .returns(2))])
        #expect(client.send(4, lock, "token", owner: 1) == [TaggedReply(4, Reply.none)])
        guard
            case .raises("RuntimeError", _) = client.send(
                5, lock, "release_token", 1, owner: 1)?.first?.reply
        else {
            Issue.record("a lapsed hold was given back")
            return
        }
    }

    @Test func anOwnerThatEndsHasNoLease() {
        let lock = store.make("RLock")
        let client = TaggedClient(store)
        client.send(1, lock, "acquire_token", true, .none, 10, owner: 1)
        client.order(.endOwner, 1)
        #expect(lock("acquire", false) == .returns(true))
        store.advance(seconds: 10)
        #expect(lock("acquire", false, by: store.client()) == .returns(false))
        #expect(store.nextDeadline == nil)
    }

    // MARK: The death of others

    @Test func whoDiesLeavesNoLeaseBehind() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        lock("acquire_token", true, .none, 10, by: client)
        process.die(client)
        #expect(lock("acquire", false) == .returns(true))
        store.advance(seconds: 10)
        #expect(lock("acquire", false) == .returns(false))
        #expect(store.nextDeadline == nil)
    }

    @Test func aLeaseFreesWhatAnOrderlyEndLeavesLocked() {
        let lock = store.make("Lock")
        let process = store.process()
        process.incref(lock)
        let client = process.client()
        lock("acquire_token", true, .none, 10, by: client)
        process.decref(lock)
        process.die(client)
        #expect(lock("acquire", false) == .returns(false))
        store.advance(seconds: 10)
        #expect(lock("acquire", false) == .returns(true))
    }

    @Test func whoIsGoneWhileWaitingIsPassedOverByALapse() {
        let lock = store.make("Lock")
        let (alice, bob, carol) = (store.client(), store.client(), store.client())
        lock("acquire_token", true, .none, 10, by: alice)
        #expect(lock("acquire_token", true, .none, 10, by: bob) == .parked)
        #expect(lock("acquire_token", by: carol) == .parked)
        bob.disconnect()
        store.advance(seconds: 10)
        #expect(carol.mail == [.returns(2)])
        #expect(store.nextDeadline == nil)
    }

    // MARK: Promises

    /// A client that has acquired a lock, and promised to be heard of within a second.
    private func holder(of lock: TestObject) -> TaggedClient {
        let client = TaggedClient(store)
        client.send(1, lock, "acquire")
        client.order(.promise, 1000)
        return client
    }

    @Test func aConnectionThatBreaksItsPromiseEnds() {
        let lock = store.make("RLock")
        let client = holder(of: lock)
        store.advance(seconds: 0.9)
        client.order(.promise, 1000)
        store.advance(seconds: 0.9)
        #expect(lock("acquire", false) == .returns(false))
        store.advance(seconds: 0.1)
        #expect(lock("acquire", false) == .returns(true))
        #expect(client.send(2, lock, "locked") == nil)
        #expect(store.nextDeadline == nil)
    }

    @Test func onlyThePromiseIsKept() {
        let list = store.make("list")
        let client = TaggedClient(store)
        client.order(.promise, 1000)
        store.advance(seconds: 0.9)
        client.send(1, list, "append", 1)
        store.advance(seconds: 0.2)
        #expect(client.send(2, list, "append", 1) == nil)
    }

    @Test func aPromiseMayBeTakenBack() {
        let list = store.make("list")
        let client = TaggedClient(store)
        client.order(.promise, 1000)
        client.order(.promise, 0)
        store.advance(seconds: 60)
        #expect(client.send(1, list, "append", 1) != nil)
    }

    @Test func whatIsHeardOtherwiseCounts() {
        let list = store.make("list")
        let client = TaggedClient(store)
        client.order(.promise, 1000)
        for _ in 0..<5 {
            store.advance(seconds: 0.9)
            store.hear(client.client)
        }
        #expect(client.send(1, list, "append", 1) != nil)
        let silent = TaggedClient(store)
        store.hear(silent.client)
        #expect(store.nextDeadline != nil)
        client.disconnect()
        #expect(store.nextDeadline == nil)
    }

    // MARK: What was due first happens first

    @Test func whatASilentHolderHeldGoesToWhoWaitedLongEnough() {
        let lock = store.make("RLock")
        _ = holder(of: lock)
        let (late, early) = (store.client(), store.client())
        #expect(lock("acquire", true, 0.5, by: early) == .parked)
        #expect(lock("acquire", true, 2, by: late) == .parked)
        // The server was stopped meanwhile.
        store.advance(seconds: 10)
        #expect(early.mail == [.returns(false)])
        #expect(late.mail == [.returns(true)])
    }

    @Test func aLeaseAndAPromiseEndInTheirOrder() {
        let (held, leased) = (store.make("RLock"), store.make("Lock"))
        _ = holder(of: held)
        leased("acquire_token", true, .none, 2)
        let (first, second) = (store.client(), store.client())
        #expect(held("acquire", true, 1.5, by: first) == .parked)
        #expect(leased("acquire", true, 3, by: second) == .parked)
        store.advance(seconds: 10)
        #expect(first.mail == [.returns(true)])
        #expect(second.mail == [.returns(true)])
        #expect(store.nextDeadline == nil)
    }

    /// A grant puts the next waiter's time off, behind a lease that was not looked at before.
    @Test func aLeaseThatEndsBeforeTheNextWaitersTimeIsNotForgotten() {
        let (first, second) = (store.make("Lock"), store.make("Lock"))
        first("acquire_token", true, .none, 9)
        second("acquire_token", true, .none, 11)
        let (one, other) = (store.client(), store.client())
        #expect(first("acquire", true, 10, by: one) == .parked)
        #expect(second("acquire", true, 12, by: other) == .parked)
        store.advance(seconds: 20)
        #expect(one.mail == [.returns(true)])
        #expect(other.mail == [.returns(true)])
    }
}
