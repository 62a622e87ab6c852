import Pickle
import Testing

@testable import HostedObjects

@Suite struct HostedConditionTests {
    private let store = TestStore()
    private let condition: TestObject
    private let alice: TestClient
    private let bob: TestClient
    private let carol: TestClient

    init() {
        condition = store.make("Condition")
        alice = store.client()
        bob = store.client()
        carol = store.client()
    }

    private func acquireAndWait(_ client: TestClient, _ timeout: PickleValue = .none) {
        #expect(condition("acquire", by: client) == .returns(true))
        #expect(condition("wait", timeout, by: client) == .parked)
    }

    private func notify(_ count: PickleValue = 1) {
        #expect(condition("acquire") == .returns(true))
        #expect(condition("notify", count) == .none)
        #expect(condition("release") == .none)
    }

    @Test func whoIsNotifiedReturnsWithTheLock() {
        acquireAndWait(alice)
        condition("acquire", by: bob)
        #expect(condition("notify", by: bob) == .none)
        #expect(alice.mail == [])
        condition("release", by: bob)
        #expect(alice.mail == [.returns(true)])
        #expect(condition("acquire", false, by: bob) == .returns(false))
        #expect(condition("release", by: alice) == .none)
        #expect(condition("acquire", false, by: bob) == .returns(true))
    }

    @Test func whoHasWaitedLongestIsNotifiedFirst() {
        for client in [alice, bob, carol] { acquireAndWait(client) }
        notify()
        #expect(alice.mail == [.returns(true)])
        condition("release", by: alice)
        #expect(bob.mail == [])
        notify(5)
        #expect(bob.mail == [.returns(true)])
        #expect(carol.mail == [])
        condition("release", by: bob)
        #expect(carol.mail == [.returns(true)])
        condition("release", by: carol)
        #expect(condition("acquire", by: bob) == .returns(true))
    }

    @Test func allMayBeNotified() {
        for client in [alice, bob] { acquireAndWait(client) }
        condition("acquire")
        #expect(condition("notify_all") == .none)
        condition("release")
        #expect(alice.mail == [.returns(true)])
        alice.disconnect()
        #expect(bob.mail == [.returns(true)])
        #expect(store.waitingCalls == 0)
    }

    @Test func aWaitGivesUpAllLevelsAndHasThemAgain() {
        condition("acquire", by: alice)
        condition("acquire", by: alice)
        acquireAndWait(alice)
        notify()
        #expect(alice.mail == [.returns(true)])
        for _ in 0..<3 {
            #expect(condition("acquire", false, by: bob) == .returns(false))
            #expect(condition("release", by: alice) == .none)
        }
        #expect(condition("acquire", false, by: bob) == .returns(true))
    }

    @Test func aWaitEndsWithItsTimeoutButNotWithoutTheLock() {
        acquireAndWait(alice, 2)
        condition("acquire", by: bob)
        store.advance(seconds: 2)
        #expect(alice.mail == [])
        #expect(condition("notify", by: bob) == .none)
        condition("release", by: bob)
        #expect(alice.mail == [.returns(false)])
        #expect(condition("release", by: alice) == .none)
    }

    @Test func aWaitWithNobodyInTheWayEndsWithItsTimeout() {
        acquireAndWait(alice, 2)
        store.advance(seconds: 2)
        #expect(alice.mail == [.returns(false)])
        #expect(store.nextDeadline == nil)
        #expect(condition("acquire", false, by: bob) == .returns(false))
    }

    @Test func alsoAWaitOfNoTimeLetsOthersHaveTheLockFirst() {
        condition("acquire", by: alice)
        #expect(condition("wait", 0, by: alice) == .returns(false))
        #expect(condition("acquire", by: bob) == .parked)
        #expect(condition("wait", -1, by: alice) == .parked)
        #expect(bob.mail == [.returns(true)])
        condition("release", by: bob)
        #expect(alice.mail == [.returns(false)])
        #expect(condition("release", by: alice) == .none)
    }

    @Test func onlyTheOwnerOfTheLockMayUseIt() {
        condition("acquire", by: alice)
        for method in ["notify", "notify_all"] {
            #expect(
                condition(method, by: bob)
                    == .raises("RuntimeError", "cannot notify on un-acquired lock"))
        }
        #expect(
            condition("wait", by: bob)
                == .raises("RuntimeError", "cannot wait on un-acquired lock"))
        #expect(
            condition("release", by: bob)
                == .raises("RuntimeError", "cannot release un-acquired lock"))
    }

    @Test func theLockDiesWithItsOwner() {
        condition("acquire", by: alice)
        #expect(condition("acquire", by: bob) == .parked)
        alice.disconnect()
        #expect(bob.mail == [.returns(true)])
    }

    @Test func aWaiterThatIsGoneIsNotNotified() {
        for client in [alice, bob] { acquireAndWait(client) }
        alice.disconnect()
        notify()
        #expect(bob.mail == [.returns(true)])
    }

    @Test func aNotificationOfTheDeadPassesOn() {
        for client in [alice, bob] { acquireAndWait(client) }
        condition("acquire", by: carol)
        condition("notify", by: carol)
        alice.disconnect()
        condition("release", by: carol)
        #expect(bob.mail == [.returns(true)])
        #expect(store.waitingCalls == 0)
    }

    @Test func aNotificationThatIsLostPassesOn() {
        for client in [alice, bob] { acquireAndWait(client) }
        notify()
        store.lose(alice)
        #expect(bob.mail == [.returns(true)])
        alice.disconnect()
        #expect(condition("release", by: bob) == .none)
        #expect(condition("acquire", false, by: carol) == .returns(true))
    }

    @Test func aTimeoutWhoseReplyIsLostLeavesTheLockFree() {
        condition("acquire", by: alice)
        acquireAndWait(alice, 1)
        store.advance(seconds: 1)
        store.lose(alice)
        #expect(condition("acquire", false, by: bob) == .returns(true))
    }
}

// MARK: - The lock

extension HostedConditionTests {
    @Test(arguments: ["Lock", "RLock"])
    func itsLockMayBeAnother(_ typeid: String) {
        let lock = store.make(typeid)
        let condition = store.make("Condition", lock.proxy(ofClass: "AcquirerProxy"))
        #expect(lock("acquire", by: alice) == .returns(true))
        #expect(condition("acquire", false, by: bob) == .returns(false))
        #expect(condition("wait", by: alice) == .parked)
        #expect(condition("acquire", by: bob) == .returns(true))
        #expect(condition("notify", by: bob) == .none)
        #expect(lock("acquire", by: carol) == .parked)
        #expect(lock("release", by: bob) == .none)
        #expect(alice.mail == [.returns(true)])
        #expect(condition("release", by: alice) == .none)
        #expect(carol.mail == [.returns(true)])
    }

    @Test func theOwnerOfAnotherRLockIsWhoAcquiredIt() {
        let lock = store.make("RLock")
        let condition = store.make("Condition", lock.proxy(ofClass: "AcquirerProxy"))
        condition("acquire", by: alice)
        lock("acquire", by: alice)
        #expect(lock("acquire", by: bob) == .parked)
        #expect(condition("wait", by: alice) == .parked)
        #expect(bob.mail == [.returns(true)])
        bob.disconnect()
        condition("acquire", by: carol)
        condition("notify", by: carol)
        lock("release", by: carol)
        #expect(alice.mail == [.returns(true)])
        alice.disconnect()
        #expect(lock("acquire", false, by: carol) == .returns(true))
    }

    @Test func itKeepsItsLock() {
        let lock = store.make("Lock")
        let condition = store.make("Condition", lock.proxy(ofClass: "AcquirerProxy"))
        lock.decref()
        store.advance(seconds: 1000)
        #expect(condition("acquire") == .returns(true))
        #expect(lock("acquire", false) == .returns(false))
    }

    @Test func whatIsNoLockIsRefused() {
        #expect(
            store.verb("create", "Condition", 5)
                == .traceback("AttributeError: 'int' object has no attribute 'acquire'"))
        #expect(
            store.verb("create", "Condition", store.make("list").proxy)
                == .traceback("AttributeError: 'ListProxy' object has no attribute 'acquire'"))
        #expect(
            store.verb(
                "create", "Condition", store.make("Semaphore").proxy(ofClass: "AcquirerProxy"))
                == .traceback(
                    "TypeError: a condition's lock must be a Lock or an RLock, "
                        + "not a threading.Semaphore"))
    }

    @Test func itIsShownWithItsLockAndItsWaiters() {
        let state = "<Condition(<unlocked _thread.RLock object owner=0 count=0 at "
        #expect(condition.text == .returns(.str("\(state)0x\(condition.ident)>, 0)>")))
        acquireAndWait(alice)
        #expect(condition.text == .returns(.str("\(state)0x\(condition.ident)>, 1)>")))
        #expect(
            condition.value == .unserializable("TypeError: cannot pickle '_thread.RLock' object"))
    }

    @Test func whetherItIsLockedIsToldToWhoAsks() {
        #expect(condition("locked") == .returns(false))
        condition("acquire")
        #expect(condition("locked", by: alice) == .returns(true))
    }

    @Test func whoWaitsIsToldThatItWasDropped() {
        acquireAndWait(alice)
        condition.decref()
        #expect(
            alice.mail == [
                .traceback(
                    "ReferenceError: the threading.Condition was dropped while you waited")
            ])
        #expect(store.waitingCalls == 0)
    }
}
