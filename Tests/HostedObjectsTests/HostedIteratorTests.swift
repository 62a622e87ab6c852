import Pickle
import Testing

@Suite struct HostedIteratorTests {
    private let store = TestStore()

    private func iterate(_ dict: TestObject) -> TestObject {
        guard case .proxy(let typeid, let ident, _) = dict("__iter__") else { return dict }
        return TestObject(store: store, typeid: typeid, ident: ident, client: dict.client)
    }

    @Test func aNewObjectComesBackAsAProxy() {
        let dict = store.make("dict", ["a": 1])
        let iterator = iterate(dict)
        #expect(iterator.typeid == "Iterator")
        #expect(store.numberOfObjects == .returns(2))
        #expect(iterator.decref() == .none)
        #expect(store.numberOfObjects == .returns(1))
    }

    @Test func keysComeInOrderAndEnd() {
        let iterator = iterate(store.make("dict", ["a": 1, 2: 3]))
        #expect(iterator("__next__") == .returns("a"))
        #expect(iterator("__next__") == .returns(2))
        #expect(iterator("__next__") == .raises("StopIteration", []))
        #expect(iterator("__next__") == .raises("StopIteration", []))
    }

    @Test func aDictThatGrowsBreaksItForGood() {
        let dict = store.make("dict", ["a": 1, "b": 2])
        let iterator = iterate(dict)
        #expect(iterator("__next__") == .returns("a"))
        dict("__setitem__", "c", 3)
        let reply = Reply.raises("RuntimeError", "dictionary changed size during iteration")
        #expect(iterator("__next__") == reply)
        dict("__delitem__", "c")
        #expect(iterator("__next__") == reply)
    }

    @Test func itOutlivesTheDictsLastProxy() {
        let dict = store.make("dict", ["a": 1])
        let iterator = iterate(dict)
        dict.decref()
        #expect(!dict.isThere)
        #expect(iterator("__next__") == .returns("a"))
    }

    @Test func itsValueIsWhatIsLeft() {
        let iterator = iterate(store.make("dict", ["a": 1, "b": 2]))
        _ = iterator("__next__")
        #expect(iterator.value == .returns(.reduce(.builtin("iter"), [["b"]])))
        #expect(iterator("__next__") == .returns("b"))
    }

    @Test func itIsNoGenerator() {
        #expect(iterate(store.make("dict"))("send", 1) == .traceback("KeyError: 'send'"))
    }

    @Test func itIsNotMadeByClients() {
        #expect(store.verb("create", "Iterator") == .traceback("KeyError: 'Iterator'"))
    }
}
