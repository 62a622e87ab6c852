import Pickle
import Testing

@testable import HostedObjects

@Suite struct HostedSemaphoreTests {
    private let store = TestStore()
    private let alice: TestClient
    private let bob: TestClient

    init() {
        alice = store.client()
        bob = store.client()
    }

    @Test(arguments: ["Semaphore", "BoundedSemaphore"])
    func soManyPassAsThereArePermits(_ typeid: String) {
        let semaphore = store.make(typeid, 2)
        #expect(semaphore("acquire") == .returns(true))
        #expect(semaphore("acquire") == .returns(true))
        #expect(semaphore("acquire", false) == .returns(false))
        #expect(semaphore("acquire", by: alice) == .parked)
        #expect(semaphore("acquire", by: bob) == .parked)
        #expect(semaphore("release") == .none)
        #expect(alice.mail == [.returns(true)])
        #expect(bob.mail == [])
        #expect(semaphore("release") == .none)
        #expect(bob.mail == [.returns(true)])
    }

    @Test func aReleaseLetsAsManyPassAsItSays() {
        let semaphore = store.make("Semaphore", 0)
        #expect(semaphore("acquire", by: alice) == .parked)
        #expect(semaphore("acquire", by: bob) == .parked)
        #expect(semaphore("release", 3) == .none)
        #expect(alice.mail == [.returns(true)])
        #expect(bob.mail == [.returns(true)])
        #expect(semaphore("acquire", false) == .returns(true))
        #expect(semaphore("acquire", false) == .returns(false))
    }

    @Test func onlyABoundedOneCanBeReleasedTooOften() {
        #expect(store.make("Semaphore")("release") == .none)
        let bounded = store.make("BoundedSemaphore", 2)
        let reply = Reply.raises("ValueError", "Semaphore released too many times")
        #expect(bounded("release") == reply)
        bounded("acquire")
        #expect(bounded("release", 2) == reply)
        #expect(bounded("release", named: ["n": 1]) == .none)
    }

    @Test func aWaitEndsWithItsTimeout() {
        let semaphore = store.make("Semaphore", 0)
        #expect(semaphore("acquire", true, 2, by: alice) == .parked)
        #expect(semaphore("acquire", true, 0) == .returns(false))
        #expect(semaphore("acquire", true, -1) == .returns(false))
        store.advance(seconds: 2)
        #expect(alice.mail == [.returns(false)])
        #expect(store.waitingCalls == 0)
    }

    @Test func aWaiterThatIsGoneIsGrantedNothing() {
        let semaphore = store.make("Semaphore", 0)
        #expect(semaphore("acquire", by: alice) == .parked)
        alice.disconnect()
        semaphore("release")
        #expect(semaphore("acquire", false) == .returns(true))
    }

    @Test func aPermitThatIsLostPassesOn() {
        let semaphore = store.make("BoundedSemaphore")
        #expect(semaphore("acquire", by: alice) == .returns(true))
        #expect(semaphore("acquire", by: bob) == .parked)
        store.lose(alice)
        #expect(bob.mail == [.returns(true)])
        store.lose(bob)
        #expect(semaphore("acquire", false) == .returns(true))
    }

    @Test func theTimeoutIsLookedAtOnlyByWhoWaits() {
        let semaphore = store.make("Semaphore", 1)
        #expect(
            semaphore("acquire", false, 1)
                == .raises("ValueError", "can't specify timeout for non-blocking acquire"))
        #expect(semaphore("acquire", true, "a") == .returns(true))
        #expect(
            semaphore("acquire", true, "a")
                == .raises(
                    "TypeError", "unsupported operand type(s) for +: 'float' and 'str'"))
    }

    @Test func itsValueIsANumberNotBelowZero() {
        #expect(
            store.verb("create", "Semaphore", -1)
                == .traceback("ValueError: semaphore initial value must be >= 0"))
        #expect(
            store.verb("create", "BoundedSemaphore", "a")
                == .traceback(
                    "TypeError: '<' not supported between instances of 'str' and 'int'"))
        #expect(
            store.make("Semaphore")("release", 0)
                == .raises("ValueError", "n must be one or more"))
        #expect(
            store.make("Semaphore", 1)("release", .int(Int.max))
                == .raises("OverflowError", "Python int too large to convert to C ssize_t"))
    }

    @Test func itIsShownWithItsValue() {
        let semaphore = store.make("Semaphore", 2.5)
        #expect(
            semaphore.text
                == .returns(.str("<threading.Semaphore at 0x\(semaphore.ident): value=2.5>")))
        let bounded = store.make("BoundedSemaphore", 3)
        bounded("acquire")
        #expect(
            bounded.text
                == .returns(.str("<threading.BoundedSemaphore at 0x\(bounded.ident): value=2/3>")))
        #expect(
            semaphore.value == .unserializable("TypeError: cannot pickle '_thread.lock' object"))
    }
}
