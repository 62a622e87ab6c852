import Pickle
import Testing

@Suite struct HostedLockTests {
    private let store = TestStore()
    private let lock: TestObject
    private let alice: TestClient
    private let bob: TestClient
    private let carol: TestClient

    init() {
        lock = store.make("Lock")
        alice = store.client()
        bob = store.client()
        carol = store.client()
    }

    @Test func whoComesFirstHasIt() {
        #expect(lock("acquire", by: alice) == .returns(true))
        #expect(lock("acquire", false, by: bob) == .returns(false))
        #expect(lock("acquire", by: bob) == .parked)
        #expect(lock("release", by: alice) == .none)
        #expect(bob.mail == [.returns(true)])
        #expect(alice.mail == [])
    }

    @Test func waitersAreServedInTheOrderOfTheirComing() {
        lock("acquire", by: alice)
        #expect(lock("acquire", by: carol) == .parked)
        #expect(lock("acquire", by: bob) == .parked)
        lock("release", by: alice)
        #expect(carol.mail == [.returns(true)])
        #expect(bob.mail == [])
        lock("release", by: carol)
        #expect(bob.mail == [.returns(true)])
    }

    @Test func anybodyMayReleaseIt() {
        lock("acquire", by: alice)
        #expect(lock("release", by: bob) == .none)
        #expect(lock("acquire", false, by: carol) == .returns(true))
    }

    @Test func aReleaseOfWhatIsFreeIsAnError() {
        #expect(lock("release") == .raises("RuntimeError", "release unlocked lock"))
    }

    @Test func aWaitEndsWithItsTimeout() {
        lock("acquire", by: alice)
        #expect(lock("acquire", true, 1.5, by: bob) == .parked)
        store.advance(seconds: 1.4)
        #expect(bob.mail == [])
        store.advance(seconds: 0.1)
        #expect(bob.mail == [.returns(false)])
        lock("release", by: alice)
        #expect(bob.mail == [])
        #expect(store.waitingCalls == 0)
    }

    @Test func noTimeIsNoWait() {
        lock("acquire", by: alice)
        #expect(lock("acquire", true, 0, by: bob) == .returns(false))
        #expect(lock("acquire", named: ["timeout": 0.0], by: bob) == .returns(false))
        #expect(lock("acquire", named: ["blocking": false], by: bob) == .returns(false))
    }

    @Test func whoIsGoneWhileWaitingIsPassedOver() {
        lock("acquire", by: alice)
        #expect(lock("acquire", by: bob) == .parked)
        #expect(lock("acquire", by: carol) == .parked)
        bob.disconnect()
        lock("release", by: alice)
        #expect(carol.mail == [.returns(true)])
        #expect(bob.mail == [])
    }

    @Test func aHolderThatLeavesKeepsIt() {
        lock("acquire", by: alice)
        alice.disconnect()
        #expect(lock("acquire", false, by: bob) == .returns(false))
        #expect(lock("release", by: bob) == .none)
    }

    @Test func aGrantThatIsLostPassesOn() {
        lock("acquire", by: alice)
        #expect(lock("acquire", by: bob) == .parked)
        #expect(lock("acquire", by: carol) == .parked)
        lock("release", by: alice)
        #expect(bob.mail == [.returns(true)])
        store.lose(bob)
        #expect(carol.mail == [.returns(true)])
    }

    @Test func aGrantAtOnceThatIsLostFreesIt() {
        lock("acquire", by: alice)
        store.lose(alice)
        #expect(lock("acquire", false, by: bob) == .returns(true))
    }

    @Test func aGrantThatWasReleasedSinceIsNotTakenBack() {
        lock("acquire", by: alice)
        lock("release", by: alice)
        lock("acquire", by: bob)
        store.lose(alice)
        #expect(lock("acquire", false, by: carol) == .returns(false))
    }

    @Test func aDroppedLockTellsItsWaiters() {
        lock("acquire", by: alice)
        #expect(lock("acquire", by: bob) == .parked)
        lock.decref()
        #expect(
            bob.mail
                == [.traceback("ReferenceError: the _thread.lock was dropped while you waited")])
        #expect(store.waitingCalls == 0)
    }

    private static let refusals: [([PickleValue], Reply)] = [
        ([false, 1], .raises("ValueError", "can't specify a timeout for a non-blocking call")),
        ([true, -2], .raises("ValueError", "timeout value must be a non-negative number")),
        (
            [true, .power(of: 100)],
            .raises("OverflowError", "timestamp too large to convert to C PyTime_t")
        ),
        ([true, 1e30], .raises("OverflowError", "timestamp out of range for platform time_t")),
        ([true, .float(.nan)], .raises("ValueError", "Invalid value NaN (not a number)")),
        (
            [true, "a"],
            .raises("TypeError", "'str' object cannot be interpreted as an integer")
        ),
        (
            [true, .none],
            .raises("TypeError", "'NoneType' object cannot be interpreted as an integer")
        ),
        ([1, 2, 3], .raises("TypeError", "acquire() takes at most 2 arguments (3 given)")),
    ]

    @Test(arguments: refusals)
    func aTimeoutHasItsRange(arguments: [PickleValue], reply: Reply) {
        #expect(alice.send(lock.ident, "acquire", arguments) == reply)
    }

    @Test func itsArgumentsHaveNames() {
        #expect(
            lock("acquire", named: ["x": 1])
                == .raises("TypeError", "acquire() got an unexpected keyword argument 'x'"))
        #expect(
            lock("acquire", true, named: ["blocking": true])
                == .raises(
                    "TypeError",
                    "argument for acquire() given by name ('blocking') and position (1)"))
        #expect(
            lock("release", 1)
                == .raises("TypeError", "lock.release() takes no arguments (1 given)"))
    }

    @Test func itTakesNoArguments() {
        #expect(
            store.verb("create", "Lock", 1)
                == .traceback("TypeError: lock expected 0 arguments, got 1"))
    }

    @Test func itCannotTravel() {
        #expect(lock.value == .unserializable("TypeError: cannot pickle '_thread.lock' object"))
        #expect(lock.text == .returns(.str("<unlocked _thread.lock object at 0x\(lock.ident)>")))
    }
}
