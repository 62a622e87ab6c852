import Pickle
import Testing

@testable import HostedObjects

@Suite struct HostedRLockTests {
    private let store = TestStore()
    private let lock: TestObject
    private let alice: TestClient
    private let bob: TestClient

    init() {
        lock = store.make("RLock")
        alice = store.client()
        bob = store.client()
    }

    @Test func itsOwnerMayAcquireItAgain() {
        #expect(lock("acquire", by: alice) == .returns(true))
        #expect(lock("acquire", false, by: alice) == .returns(true))
        #expect(lock("acquire", by: bob) == .parked)
        lock("release", by: alice)
        #expect(bob.mail == [])
        lock("release", by: alice)
        #expect(bob.mail == [.returns(true)])
    }

    @Test func onlyItsOwnerMayReleaseIt() {
        let reply = Reply.raises("RuntimeError", "cannot release un-acquired lock")
        #expect(lock("release", by: alice) == reply)
        lock("acquire", by: alice)
        #expect(lock("release", by: bob) == reply)
    }

    @Test func itDiesWithItsOwner() {
        lock("acquire", by: alice)
        lock("acquire", by: alice)
        #expect(lock("acquire", by: bob) == .parked)
        alice.disconnect()
        #expect(bob.mail == [.returns(true)])
        #expect(lock("release", by: bob) == .none)
    }

    @Test func itIsFreeWhenItsOwnerLeavesAndNobodyWaits() {
        lock("acquire", by: alice)
        alice.disconnect()
        #expect(lock("acquire", false, by: bob) == .returns(true))
        bob.disconnect()
        #expect(lock("acquire", false, by: store.client()) == .returns(true))
    }

    @Test func aPlaceUsedAgainIsAnotherOwner() {
        lock("acquire", by: alice)
        alice.disconnect()
        let next = store.client()
        #expect(next.session.slot == alice.session.slot)
        #expect(
            lock("release", by: next) == .raises("RuntimeError", "cannot release un-acquired lock"))
    }

    @Test func aLevelThatIsLostIsTakenBack() {
        lock("acquire", by: alice)
        lock("acquire", by: alice)
        store.lose(alice)
        lock("release", by: alice)
        #expect(lock("acquire", false, by: bob) == .returns(true))
    }

    @Test func aGrantThatIsLostPassesOn() {
        let carol = store.client()
        lock("acquire", by: alice)
        #expect(lock("acquire", by: bob) == .parked)
        #expect(lock("acquire", by: carol) == .parked)
        lock("release", by: alice)
        store.lose(bob)
        #expect(carol.mail == [.returns(true)])
        bob.disconnect()
        #expect(lock("acquire", false, by: alice) == .returns(false))
    }

    @Test func itIsMadeOfAnyArguments() {
        #expect(store.make("RLock", 1, named: ["x": 2])("acquire") == .returns(true))
    }

    @Test func aWaitEndsWithItsTimeout() {
        lock("acquire", by: alice)
        #expect(lock("acquire", true, 2, by: bob) == .parked)
        store.advance(seconds: 2)
        #expect(bob.mail == [.returns(false)])
    }
}
