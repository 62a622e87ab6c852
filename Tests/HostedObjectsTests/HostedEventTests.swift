import Pickle
import Testing

@Suite struct HostedEventTests {
    private let store = TestStore()
    private let event: TestObject
    private let alice: TestClient
    private let bob: TestClient

    init() {
        event = store.make("Event")
        alice = store.client()
        bob = store.client()
    }

    @Test func everybodyWhoWaitsIsToldWhenItIsSet() {
        #expect(event("wait", by: alice) == .parked)
        #expect(event("wait", 5, by: bob) == .parked)
        #expect(event("set") == .none)
        #expect(alice.mail == [.returns(true)])
        #expect(bob.mail == [.returns(true)])
        #expect(store.waitingCalls == 0)
        #expect(store.nextDeadline == nil)
    }

    @Test func whileItIsSetNobodyWaits() {
        #expect(event("is_set") == .returns(false))
        event("set")
        #expect(event("is_set") == .returns(true))
        #expect(event("wait") == .returns(true))
        #expect(event("wait", "not looked at") == .returns(true))
        event("clear")
        #expect(event("wait", 0) == .returns(false))
        #expect(event("wait", -1) == .returns(false))
    }

    @Test func aWaitEndsWithItsTimeout() {
        #expect(event("wait", 0.5, by: alice) == .parked)
        #expect(event("wait", named: ["timeout": 0.25], by: bob) == .parked)
        store.advance(seconds: 0.25)
        #expect(bob.mail == [.returns(false)])
        #expect(alice.mail == [])
        store.advance(seconds: 0.25)
        #expect(alice.mail == [.returns(false)])
    }

    @Test func aTimeoutIsANumber() {
        #expect(
            event("wait", "a")
                == .raises("TypeError", "'>' not supported between instances of 'str' and 'int'"))
        #expect(
            event("wait", .power(of: 100))
                == .raises("OverflowError", "timestamp too large to convert to C PyTime_t"))
    }

    @Test func itIsShownWithItsState() {
        #expect(event.text == .returns(.str("<threading.Event at 0x\(event.ident): unset>")))
        event("set")
        #expect(event.text == .returns(.str("<threading.Event at 0x\(event.ident): set>")))
    }
}
