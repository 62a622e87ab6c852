import Pickle
import Testing

@testable import HostedObjects

/// The nine verbs, each one request on a connection of its own.
@Suite struct ObjectStoreVerbsTests {
    private let store = TestStore()

    @Test func createCountsOne() {
        let list = store.make("list")
        #expect(list.ident.count == 16)
        #expect(store.numberOfObjects == .returns(1))
        #expect(list.incref() == .none)
        #expect(list.decref() == .none)
        #expect(list.isThere)
        #expect(list.decref() == .none)
        #expect(!list.isThere)
        #expect(store.numberOfObjects == .returns(0))
    }

    @Test func anUnknownTypeIsAKeyError() {
        #expect(store.verb("create", "Pool") == .traceback("KeyError: 'Pool'"))
        #expect(store.verb("create", 5) == .traceback("KeyError: 5"))
        #expect(
            store.verb("create")
                == .traceback(
                    "TypeError: Server.create() missing 1 required positional argument: 'typeid'"))
    }

    @Test func aVerbEndsItsConnection() {
        store.verb("dummy")
        #expect(store.reception == .finished)
        store.verb("incref", "no such thing")
        #expect(store.reception == .finished)
    }

    @Test func acceptConnectionKeepsIt() {
        #expect(store.connect().send(nil, "accept_connection", ["name"]) == .none)
        #expect(store.reception == .replied)
        store.verb("accept_connection")
        #expect(store.reception == .finished)
    }

    @Test func shutdownIsToldToTheServer() {
        #expect(store.verb("shutdown") == .none)
        #expect(store.reception == .shutdown)
    }

    @Test func noOtherVerbIsKnown() {
        #expect(
            store.verb("serve_client") == .traceback("AssertionError: 'serve_client' unrecognized"))
        let request = PickleValue.tuple([.none, .none, .tuple([]), .dict([])])
        #expect(store.connect().send(request) == .traceback("AssertionError: None unrecognized"))
    }

    @Test func getMethodsTakesAToken() {
        let event = store.make("Event")
        let token = PickleValue.token(
            ManagerToken(typeID: "Event", address: .tuple(["127.0.0.1", 5]), id: event.ident))
        #expect(
            store.verb("get_methods", token)
                == .returns(.tuple(["is_set", "set", "clear", "wait"])))
        #expect(
            store.verb("get_methods", 5)
                == .traceback("AttributeError: 'int' object has no attribute 'id'"))
    }

    @Test func debugInfoListsWhatIsCounted() throws {
        let list = store.make("list", [1, 2])
        list.incref()
        let dropped = store.make("dict")
        dropped.decref()
        #expect(
            store.verb("debug_info")
                == .returns(.str("  \(list.ident):       refcount=2\n    [1, 2]")))
    }

    @Test func anObjectThatWasAndOneThatNeverWasAreToldApart() throws {
        let list = store.make("list")
        list.decref()
        guard case .traceback(let gone) = list.incref(),
            case .traceback(let never) = store.verb("incref", "7f0011223344")
        else {
            Issue.record("an object is there")
            return
        }
        #expect(gone.hasPrefix("KeyError: '\(list.ident)' (the object is gone"))
        #expect(never.hasPrefix("KeyError: '7f0011223344' (this server never had"))
    }

    @Test func aDecrefTooManyIsAnError() {
        let list = store.make("list")
        list.decref()
        guard case .traceback = list.decref() else {
            Issue.record("dropped twice")
            return
        }
        #expect(store.numberOfObjects == .returns(0))
    }

    @Test func objectsHaveALimit() {
        let store = TestStore { $0.objects = 2 }
        let first = store.make("list")
        _ = store.make("Queue")
        #expect(
            store.verb("create", "Lock") == .traceback("MemoryError: over the limit: 2 objects"))
        first.decref()
        #expect(store.make("Lock").isThere)
    }

    @Test func aSlotUsedAgainHasAnotherIdent() {
        let first = store.make("list")
        first.decref()
        let second = store.make("list")
        #expect(first.ident != second.ident)
        #expect(!first.isThere)
        #expect(second.isThere)
    }
}
