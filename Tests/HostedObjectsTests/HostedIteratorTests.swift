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

    @Test func aDictThatChangedLeavesItNoValue() {
        let dict = store.make("dict", ["a": 1, "b": 2, "c": 3])
        let iterator = iterate(dict)
        for _ in 0..<3 { iterator("__next__") }
        dict("clear")
        let reply = Reply.unserializable(
            "RuntimeError: dictionary changed size during iteration")
        #expect(iterator.value == reply)
        #expect(iterator("__next__").value == nil)
        for key in ["a", "b", "c"] { dict("__setitem__", .str(key), 1) }
        #expect(iterator.value == reply)
    }

    @Test func aDictMayBecomeShorterThanItHasCome() {
        let dict = store.make("dict", ["a": 1, "b": 2, "c": 3, "d": 4])
        dict("__delitem__", "a")
        let iterator = iterate(dict)
        for _ in 0..<3 { iterator("__next__") }
        dict("clear")
        for key in [1, 2, 3] { dict("__setitem__", .int(key), 1) }
        #expect(iterator.value == .returns(.reduce(.builtin("iter"), [[]])))
        #expect(iterator("__next__") == .raises("StopIteration", []))
        dict("__setitem__", 4, 4)
        #expect(iterator.value == .returns(.reduce(.builtin("iter"), [[]])))
    }

    /// 30,000 operations on a dict and the iterators over it, against an array of keys.
    @Test func whatItGivesIsInTheDict() {
        var random = SplitMix(seed: 11)
        let dict = store.make("dict")
        var keys: [Int] = []
        var iterators: [TestObject] = []
        var agrees = true
        for step in 0..<30_000 where agrees {
            let key = Int.random(in: 0..<24, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<6:
                dict("__setitem__", .int(key), .int(step))
                if !keys.contains(key) { keys.append(key) }
            case 6..<9:
                let isThere = keys.contains(key)
                agrees = dict("pop", .int(key), .none) != .none || !isThere
                keys.removeAll { $0 == key }
            case 9:
                let last = keys.popLast()
                agrees = (dict("popitem").value != nil) == (last != nil)
            case 10 where step % 10 == 0:
                dict("clear")
                keys = []
            case 11, 12:
                if iterators.count >= 4 { iterators.removeFirst().decref() }
                let iterator = iterate(dict)
                iterators.append(iterator)
                agrees = iterator.value == .returns(Self.rest(keys))
            default:
                guard let iterator = iterators.randomElement(using: &random) else { continue }
                let next = iterator("__next__")
                agrees = iterator.value != .hangUp
                if let given = next.value { agrees = agrees && keys.contains { .int($0) == given } }
            }
            agrees = agrees && dict("__len__") == .returns(.int(keys.count))
        }
        #expect(agrees)
        #expect(dict("keys") == .returns(.list(keys.map { .int($0) })))
    }

    /// `iter([…])`
    private static func rest(_ keys: [Int]) -> PickleValue {
        .reduce(.builtin("iter"), [.list(keys.map { .int($0) })])
    }

    /// Found by the differential test, seed 77.
    @Test func aDictMayGrowFromItsOwnIterator() {
        let dict = store.make("dict")
        for key in [0, .tuple([1, 2]), "ab", "c"] as [PickleValue] { dict("__setitem__", key, 0) }
        let iterator = iterate(dict)
        iterator("__next__")
        let changed = Reply.raises("RuntimeError", "dictionary changed size during iteration")
        #expect(dict("update", iterator.proxy) == changed)
        #expect(dict("__getitem__", 1) == .returns(2))
        #expect(dict("__len__") == .returns(5))
        #expect(iterator("__next__") == changed)
        // What is there already makes nothing longer.
        let other = store.make("dict")
        for key in ["ab", "a"] as [PickleValue] { other("__setitem__", key, 0) }
        #expect(
            other("update", iterate(other).proxy)
                == .raises(
                    "ValueError",
                    "dictionary update sequence element #1 has length 1; 2 is required"))
        #expect(other("__getitem__", "a") == .returns("b"))
    }

    @Test func itIsNoGenerator() {
        #expect(iterate(store.make("dict"))("send", 1) == .traceback("KeyError: 'send'"))
    }

    @Test func itIsNotMadeByClients() {
        #expect(store.verb("create", "Iterator") == .traceback("KeyError: 'Iterator'"))
    }
}
