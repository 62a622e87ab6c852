import Pickle
import Testing

@testable import HostedObjects

@Suite struct HostedBarrierTests {
    private let store = TestStore()
    private let barrier: TestObject
    private let alice: TestClient
    private let bob: TestClient
    private let carol: TestClient

    private static let broken = Reply.raises("threading.BrokenBarrierError", [])

    init() {
        barrier = store.make("Barrier", 3)
        alice = store.client()
        bob = store.client()
        carol = store.client()
    }

    @Test func allGoOnWhenAllAreThere() {
        for _ in 0..<2 {
            #expect(barrier("wait", by: alice) == .parked)
            #expect(barrier("wait", by: bob) == .parked)
            #expect(barrier("__getattribute__", "n_waiting") == .returns(2))
            #expect(barrier("wait", by: carol) == .returns(2))
            #expect(alice.mail == [.returns(0)])
            #expect(bob.mail == [.returns(1)])
            #expect(barrier("__getattribute__", "n_waiting") == .returns(0))
        }
    }

    @Test func oneWhoGivesUpBreaksItForAll() {
        #expect(barrier("wait", 5, by: alice) == .parked)
        #expect(barrier("wait", 2, by: bob) == .parked)
        store.advance(seconds: 2)
        #expect(alice.mail == [Self.broken])
        #expect(bob.mail == [Self.broken])
        #expect(barrier("__getattribute__", "broken") == .returns(true))
        #expect(barrier("wait", by: carol) == Self.broken)
        #expect(store.nextDeadline == nil)
    }

    @Test func whoDoesNotWaitBreaksItToo() {
        #expect(barrier("wait", by: alice) == .parked)
        #expect(barrier("wait", 0, by: bob) == Self.broken)
        #expect(alice.mail == [Self.broken])
    }

    @Test func aResetMendsIt() {
        #expect(barrier("wait", by: alice) == .parked)
        #expect(barrier("abort") == .none)
        #expect(alice.mail == [Self.broken])
        #expect(barrier("wait", by: alice) == Self.broken)
        #expect(barrier("reset") == .none)
        #expect(barrier("__getattribute__", "broken") == .returns(false))
        #expect(barrier("wait", by: alice) == .parked)
        #expect(barrier("reset") == .none)
        #expect(alice.mail == [Self.broken])
        #expect(barrier("__getattribute__", "broken") == .returns(false))
    }

    @Test func thePlaceOfAPartyThatIsGoneIsFree() {
        #expect(barrier("wait", by: alice) == .parked)
        #expect(barrier("wait", by: bob) == .parked)
        alice.disconnect()
        #expect(barrier("__getattribute__", "n_waiting") == .returns(1))
        #expect(barrier("wait", by: carol) == .parked)
        #expect(barrier("wait") == .returns(2))
        #expect(bob.mail == [.returns(0)])
        #expect(carol.mail == [.returns(1)])
    }

    @Test func itsTimeoutIsTheDefaultOfTheWaits() {
        let barrier = store.make("Barrier", 2, .none, 3)
        #expect(barrier("wait", by: alice) == .parked)
        store.advance(seconds: 3)
        #expect(alice.mail == [Self.broken])
        barrier("reset")
        #expect(barrier("wait", 10, by: alice) == .parked)
        store.advance(seconds: 3)
        #expect(alice.mail == [])
    }

    @Test func aBarrierOfOneHoldsNobodyUp() {
        let barrier = store.make("Barrier", 1)
        #expect(barrier("wait") == .returns(0))
        #expect(barrier("wait", "not looked at") == .returns(0))
    }

    @Test func anActionIsRefused() {
        #expect(
            store.verb("create", "Barrier", 2, .global(module: "builtins", name: "print"))
                == .traceback(
                    "TypeError: a barrier's action must be None: this server runs no code of "
                        + "its clients'; barriers with an action are registered in the server's "
                        + "own program"))
        #expect(store.make("Barrier", 2, .none).isThere)
    }

    @Test func itsPartiesAreANumberAboveZero() {
        #expect(
            store.verb("create", "Barrier", 0)
                == .traceback("ValueError: parties must be > 0"))
        #expect(
            store.verb("create", "Barrier", "a")
                == .traceback(
                    "TypeError: '<' not supported between instances of 'str' and 'int'"))
        #expect(
            store.verb("create", "Barrier")
                == .traceback(
                    "TypeError: Barrier.__init__() missing 1 required positional argument: "
                        + "'parties'"))
    }

    @Test func itsStateCanBeAskedFor() {
        #expect(barrier("__getattribute__", "parties") == .returns(3))
        #expect(
            barrier("__getattribute__", "x")
                == .raises("AttributeError", "'Barrier' object has no attribute 'x'"))
        #expect(
            barrier("__getattribute__", "_cond")
                == .unserializable("TypeError: cannot pickle '_thread.lock' object"))
        #expect(
            barrier("__getattribute__", 5)
                == .raises("TypeError", "attribute name must be string, not 'int'"))
    }

    @Test func itIsShownWithItsWaiters() {
        #expect(barrier("wait", by: alice) == .parked)
        let start = "<threading.Barrier at 0x\(barrier.ident): "
        #expect(barrier.text == .returns(.str("\(start)waiters=1/3>")))
        barrier("abort")
        #expect(barrier.text == .returns(.str("\(start)broken>")))
    }
}
