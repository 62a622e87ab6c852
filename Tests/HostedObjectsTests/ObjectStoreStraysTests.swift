import Pickle
import Testing

@testable import HostedObjects

/// Objects that nobody counts, but a proxy of which is stored in another.
@Suite struct ObjectStoreStraysTests {
    private let store = TestStore()
    private let grace = StoreLimits().strayGrace

    @Test func aProxyInAContainerKeepsItsObject() {
        let inner = store.make("list", [1])
        let outer = store.make("list", [[inner.proxy]])
        inner.decref()
        #expect(store.numberOfObjects == .returns(1))
        for _ in 0..<5 { store.advance(seconds: grace) }
        #expect(inner("__len__") == .returns(1))
        #expect(inner.isThere)
        #expect(outer("__len__") == .returns(1))
    }

    @Test(arguments: ["append", "__contains__"])
    func anyCallMayStoreAProxy(method: String) {
        let inner = store.make("dict")
        let outer = store.make("list")
        outer(method, inner.proxy)
        inner.decref()
        #expect(inner.isThere)
        for _ in 0..<3 { store.advance(seconds: grace) }
        #expect(inner.isThere == (method == "append"))
    }

    @Test func whatIsNoLongerHeldGoesAfterTheGrace() {
        let inner = store.make("list")
        let outer = store.make("dict")
        outer("__setitem__", "k", inner.proxy)
        inner.decref()
        store.advance(seconds: grace)
        outer("__delitem__", "k")
        store.advance(seconds: grace)
        #expect(inner.isThere)
        store.advance(seconds: 2 * grace)
        #expect(!inner.isThere)
    }

    @Test func aProxyOnItsWayToAReceiverKeepsItsObject() {
        let inner = store.make("list")
        let queue = store.make("Queue")
        queue("put", inner.proxy)
        inner.decref()
        // Held for long, taken just before a collection, counted just after it.
        store.advance(seconds: 3 * grace - 0.001)
        _ = queue("get")
        store.advance(seconds: 0.002)
        #expect(inner.incref() == .none)
    }

    @Test func anObjectThatIsCountedAgainIsNoStray() {
        let inner = store.make("list")
        let outer = store.make("list", [inner.proxy])
        inner.decref()
        inner.incref()
        outer("pop")
        for _ in 0..<4 { store.advance(seconds: grace) }
        #expect(inner("__len__") == .returns(0))
        #expect(store.nextDeadline == nil)
    }

    @Test func aCycleOfProxiesIsCollected() {
        let one = store.make("list")
        let two = store.make("list", [one.proxy])
        one("append", two.proxy)
        let alone = store.make("list")
        alone("append", alone.proxy)
        for object in [one, two, alone] { object.decref() }
        #expect(store.numberOfObjects == .returns(0))
        #expect(one("__len__") == .returns(1))
        for _ in 0..<3 { store.advance(seconds: grace) }
        for object in [one, two, alone] { #expect(!object.isThere) }
        #expect(store.nextDeadline == nil)
    }

    @Test func aChainGoesWithItsHead() {
        let objects = (0..<5).map { _ in store.make("list") }
        for (outer, inner) in zip(objects, objects.dropFirst()) { outer("append", inner.proxy) }
        for object in objects.dropFirst() { object.decref() }
        for _ in 0..<5 { store.advance(seconds: grace) }
        #expect(objects.allSatisfy { $0.isThere })
        objects[0].decref()
        for _ in 0..<15 { store.advance(seconds: grace) }
        #expect(!objects.contains { $0.isThere })
    }

    @Test func keysAttributesAndItemsHoldToo() {
        let inner = (0..<4).map { _ in store.make("Event") }
        let dict = store.make("dict")
        dict("__setitem__", inner[0].proxy(ofClass: "EventProxy"), 1)
        let space = store.make("Namespace")
        space("__setattr__", "event", inner[1].proxy)
        let value = store.make("Value", "i", .tuple([inner[2].proxy]))
        let queue = store.make("Queue")
        queue("put", inner[3].proxy)
        for object in inner { object.decref() }
        for _ in 0..<3 { store.advance(seconds: grace) }
        #expect(inner.allSatisfy { $0.isThere })
        #expect(dict.isThere && space.isThere && value.isThere && queue.isThere)
    }

    @Test func whatCameFromAnotherListIsHeldToo() {
        let inner = store.make("list")
        let source = store.make("list", [inner.proxy])
        inner.decref()
        let copy = store.make("list")
        copy("extend", source.proxy)
        source.decref()
        for _ in 0..<6 { store.advance(seconds: grace) }
        #expect(inner.isThere)
        #expect(!source.isThere)
    }

    @Test func aStrayThatSomebodyWaitsForStays() {
        let event = store.make("Event")
        let outer = store.make("list", [event.proxy(ofClass: "EventProxy")])
        #expect(event("wait") == .parked)
        event.decref()
        outer("pop")
        for _ in 0..<4 { store.advance(seconds: grace) }
        #expect(event.client.mail == [])
        #expect(event.isThere)
    }

    @Test func foreignAndDeadProxiesHoldNothing() {
        let list = store.make("list")
        let dead = store.make("list")
        let proxy = dead.proxy
        dead.decref()
        #expect(list("append", proxy) == .none)
        #expect(
            list(
                "append",
                TestObject(store: store, typeid: "list", ident: "zz", client: list.client).proxy)
                == .none)
        #expect(list("__len__") == .returns(2))
        guard case .raises("ReferenceError", _) = list("extend", proxy) else {
            Issue.record("a dead list was gone through")
            return
        }
    }
}
