import Pickle
import Testing

@testable import HostedObjects

/// What objects hold is counted, and bounded.
@Suite struct StoreMemoryTests {
    private func text(_ length: Int) -> PickleValue {
        .str(PickleString(String(repeating: "x", count: length)))
    }

    private static let objectSize = StoreMemory.objectSize

    // MARK: Counting

    @Test(arguments: ["dict", "list", "set", "Queue", "Lock", "Event", "Condition", "Semaphore"])
    func whatIsGivenBackIsCountedNoMore(typeid: String) {
        let store = TestStore()
        let object = store.make(typeid)
        #expect(store.heldBytes == Self.objectSize)
        for method in ["append", "add", "put"] { object(method, "a text of some length") }
        object("update", ["a": "b"])
        object.decref()
        #expect(store.heldBytes == 0)
    }

    @Test func whatCannotBeMadeCountsNothing() {
        let store = TestStore()
        for _ in 0..<3 {
            store.verb("create", "dict", [[1, 2], [3, 4, 5]])
            store.verb("create", "dict", 1, 2)
            store.verb("create", "Value", "i")
            store.verb("create", "Array", "i", ["x"])
        }
        #expect(store.heldBytes == 0)
    }

    /// Random calls, some of which fail: in the end nothing is left over, and never less is counted
    /// than the bodies take.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func theCountIsRightWhateverIsDone(seed: UInt64) {
        let store = TestStore()
        var random = SplitMix(seed: seed)
        let objects =
            ["dict", "list", "set", "Queue"].map { store.make($0) }
            + [
                store.make("Namespace"), store.make("Value", "i", 1),
                store.make("Array", "i", [1, 2, 3]),
            ]
        for _ in 0..<1500 {
            let object = objects[Int.random(in: 0..<objects.count, using: &random)]
            let size = Int.random(in: 0...3, using: &random)
            let text = PickleValue.str(
                PickleString(
                    String(repeating: "x", count: [0, 5, 60, 70_000][size])))
            let number = PickleValue.int(Int.random(in: -3...40, using: &random))
            let (method, arguments) = Self.call(
                Int.random(in: 0..<24, using: &random), number, text)
            // A list that has been doubled often, or a queue that is shut down, teaches no more.
            guard method != "shutdown" || random.next() % 40 == 0 else { continue }
            if method == "__imul__", random.next() % 4 != 0 { object("clear") }
            object.client.send(object.ident, method, arguments)
        }
        let bodies = objects.compactMap {
            store.object($0)?.contents.reduce(0) { $0 + $1.body.count }
        }
        #expect(store.heldBytes >= bodies.reduce(0, +))
        for object in objects { object.decref() }
        #expect(store.heldBytes == 0)
    }

    /// One of many calls, most of which an object refuses.
    private static func call(
        _ kind: Int, _ number: PickleValue, _ text: PickleValue
    ) -> (method: String, arguments: [PickleValue]) {
        switch kind {
        case 0: ("__setitem__", [number, text])
        case 1: ("append", [text])
        case 2: ("add", [text])
        case 3: ("put", [text, PickleValue.bool(false)])
        case 4: ("get", [PickleValue.bool(false)])
        case 5: ("pop", [])
        case 6: ("pop", [number])
        case 7: ("popitem", [])
        case 8: ("extend", [PickleValue.list([text, number])])
        case 9: ("__delitem__", [number])
        case 10: ("insert", [number, text])
        case 11: ("remove", [text])
        case 12: ("clear", [])
        case 13: ("update", [PickleValue.list([PickleValue.tuple([number, text])])])
        case 14: ("__imul__", [PickleValue.int(2)])
        case 15: ("reverse", [])
        case 16: ("set", [text])
        case 17: ("__setattr__", [PickleValue.str("name"), text])
        case 18: ("__delattr__", [PickleValue.str("name")])
        case 19: ("__ior__", [PickleValue.set([number, text])])
        case 20: ("__ixor__", [PickleValue.set([number])])
        case 21: ("setdefault", [number, text])
        case 22: ("discard", [number])
        default: ("shutdown", [PickleValue.bool(true)])
        }
    }

    /// A dict is gone, but an iterator goes through it still.
    @Test func anIteratorKeepsTheCountOfItsDict() {
        let store = TestStore()
        let dict = store.make("dict")
        for key in 0..<100 { dict("__setitem__", .int(key), "a value") }
        guard case .proxy(_, let ident, _) = dict("__iter__") else {
            Issue.record("no iterator")
            return
        }
        let before = store.heldBytes
        dict.decref()
        #expect(store.heldBytes == before - Self.objectSize)
        #expect(dict.client.send(ident, "__next__") == .returns(0))
        store.verb("decref", .str(PickleString(ident)))
        #expect(store.heldBytes == 0)
    }

    @Test func roomThatIsNotUsedAnyMoreIsCountedUntilItIsGivenBack() {
        let store = TestStore()
        let list = store.make("list")
        list("extend", [1])
        list("__imul__", 100_000)
        let full = store.heldBytes
        #expect(full > 100_000 * 16)
        list("__delitem__", .slice(10, nil))
        #expect(store.heldBytes < full / 100)
    }

    @Test func aPutThatWaitsIsCountedInAll() {
        let store = TestStore()
        let queue = store.make("Queue", 1)
        queue("put", 1)
        let before = store.heldBytes
        let waiting = store.client()
        #expect(queue("put", "a text that waits", by: waiting) == .parked)
        #expect(store.heldBytes > before)
        waiting.disconnect()
        #expect(store.heldBytes == before)
        #expect(queue("put", "another text", by: store.client()) == .parked)
        #expect(queue("get") == .returns(1))
        #expect(queue("get") == .returns("another text"))
        #expect(store.heldBytes == before)
    }

    // MARK: Limits

    /// Each fills an object of its type by one step, which takes `step` bytes.
    @Test(arguments: ["dict", "list", "set", "Queue", "Namespace"])
    func anObjectHoldsNoMoreThanItMay(typeid: String) throws {
        let text = PickleValue.str(PickleString(String(repeating: "x", count: 200)))
        let fill = { (object: TestObject, step: Int) -> Reply in
            switch typeid {
            case "dict": object("__setitem__", .int(step), text)
            case "set": object("add", .tuple([.int(step), text]))
            case "list": object("append", text)
            case "Queue": object("put", text)
            default: object("__setattr__", .str(PickleString("a\(step)")), text)
            }
        }
        // What five steps take, one step being so small that the table does not grow.
        let roomy = TestStore()
        let filled = roomy.make(typeid)
        for step in 0..<5 { #expect(fill(filled, step) == .none) }
        let needed = roomy.heldBytes - Self.objectSize
        for (room, steps) in [(needed - 1, 4), (needed, 5), (needed + 1, 5)] {
            let store = TestStore { $0.objectBytes = room }
            let object = store.make(typeid)
            for step in 0..<steps { #expect(fill(object, step) == .none) }
            let before = (object.text, store.heldBytes)
            #expect(fill(object, steps) == .overLimit("\(room) bytes an object"))
            #expect(object.text == before.0)
            #expect(store.heldBytes == before.1)
            #expect(store.takeReached(.objectBytes) == 1)
            // Others are served, and what is taken out makes room.
            #expect(fill(store.make(typeid), 0) == .none)
        }
    }

    @Test func allObjectsTogetherHoldNoMoreThanTheyMay() {
        let roomy = TestStore()
        roomy.make("list")("append", "one")
        let one = roomy.heldBytes
        for (room, count) in [(3 * one - 1, 2), (3 * one, 3), (3 * one + 1, 3)] {
            let store = TestStore { $0.bytes = room }
            var replies: [Reply] = []
            for _ in 0..<4 {
                let list = store.make("list")
                if store.object(list) != nil { replies.append(list("append", "one")) }
            }
            #expect(replies.filter { $0 == .none }.count == count)
            #expect(store.heldBytes <= room)
            #expect(store.takeReached(.bytes) > 0)
        }
    }

    @Test func aChangeOfManyEntriesIsMadeWhollyOrNotAtAll() {
        let store = TestStore { $0.objectBytes = 1000 }
        let dict = store.make("dict", [1: 2])
        let text = PickleValue.str(PickleString(String(repeating: "x", count: 400)))
        #expect(
            dict("update", [[3, text], [4, text], [5, text]]) == .overLimit("1000 bytes an object"))
        #expect(dict.value == .returns([1: 2]))
        let set = store.make("set", [1])
        #expect(
            set("update", [2], [text, .tuple([text]), .tuple([text, text])])
                == .overLimit("1000 bytes an object"))
        #expect(set("__len__") == .returns(1))
        let list = store.make("list", [1])
        #expect(
            list("extend", [2, text, .tuple([text]), text]) == .overLimit("1000 bytes an object"))
        #expect(list("__len__") == .returns(1))
        #expect(
            list("__setitem__", .slice(0, 1), [text, text, text])
                == .overLimit("1000 bytes an object"))
        #expect(list.value == .returns([1]))
        #expect(list("__imul__", 1000) == .overLimit("1000 bytes an object"))
        #expect(list.value == .returns([1]))
    }

    /// What becomes shorter later makes no room for what becomes longer before.
    @Test func anUpdateThatWouldFitInAnotherOrderIsNotHalfMade() {
        let store = TestStore { $0.objectBytes = 1000 }
        let (long, short) = (text(400), text(10))
        let dict = store.make("dict", [1: short, 2: long])
        #expect(
            dict("update", [1: text(700), 2: short]) == .overLimit("1000 bytes an object"))
        #expect(dict.value == .returns([1: short, 2: long]))
    }

    @Test func whatIsMadeSmallerNeedsNoRoom() {
        let store = TestStore { $0.bytes = 20_000 }
        let texts = (0..<10).map { text(1000 + $0) }
        let set = store.make("set", .list(texts))
        #expect(set("intersection_update", .list(Array(texts[1...]))) == .none)
        #expect(set("__len__") == .returns(9))
        #expect(set("__isub__", .set([texts[1]])) != Reply.overLimit("20000 bytes in all"))
        #expect(set("__len__") == .returns(8))
        let held = store.heldBytes
        #expect(set("difference_update", .list(texts)) == .none)
        #expect(store.heldBytes < held - 8000)
        let before = store.heldBytes
        set.decref()
        #expect(store.heldBytes < before)
    }

    @Test func whatReplacesALargerValueNeedsNoRoom() {
        let store = TestStore { $0.objectBytes = 500 }
        let dict = store.make("dict")
        let text = PickleValue.str(PickleString(String(repeating: "x", count: 400)))
        #expect(dict("__setitem__", 1, text) == .none)
        #expect(dict("__setitem__", 2, text) == .overLimit("500 bytes an object"))
        #expect(dict("__setitem__", 1, "short") == .none)
        #expect(dict("__setitem__", 2, "short") == .none)
        #expect(dict("__setitem__", 1, text) == .none)
    }

    @Test(arguments: ["list", "dict", "set", "Array"])
    func anObjectHasNoMoreElementsThanItMay(typeid: String) {
        let items = { (count: Int) -> PickleValue in
            .list((0..<count).map { typeid == "dict" ? .tuple([.int($0), 0]) : .int($0) })
        }
        let make = { (store: TestStore, count: Int) -> Reply in
            typeid == "Array"
                ? store.verb("create", "Array", "i", items(count))
                : store.verb("create", .str(PickleString(typeid)), items(count))
        }
        let store = TestStore { $0.elements = 10 }
        for count in 9...10 {
            guard case .returns = make(store, count) else {
                Issue.record("\(count) elements are refused")
                return
            }
        }
        #expect(make(store, 11) == .traceback("MemoryError: over the limit: 10 elements"))
        #expect(store.takeReached(.elements) == 1)
    }

    @Test func thereAreNoMoreObjectsThanMay() {
        let store = TestStore { $0.objects = 2 }
        let lists = (0..<2).map { _ in store.make("list") }
        #expect(
            store.verb("create", "list") == .traceback("MemoryError: over the limit: 2 objects"))
        #expect(store.takeReached(.objects) == 1)
        lists[0].decref()
        #expect(store.make("list")("append", 1) == .none)
    }

    @Test func aLongReplyIsRefusedToWhoReadsAndNeverToWhoChanges() {
        let text = PickleValue.str(PickleString(String(repeating: "x", count: 100)))
        let roomy = TestStore()
        let list = roomy.make("list", [text, text])
        _ = list.value
        let size = roomy.lastFrames.count - 4
        for (limit, isRefused) in [(size - 1, true), (size, false), (size + 1, false)] {
            let store = TestStore { $0.replySize = limit }
            let list = store.make("list", [text, text])
            let refusal = Reply.overLimit("\(limit) bytes a reply")
            #expect((list.value == refusal) == isRefused)
            #expect((list("copy") == refusal) == isRefused)
            #expect(list("__len__") == .returns(2))
            #expect(store.takeReached(.replySize) == (isRefused ? 2 : 0))
        }
        let store = TestStore { $0.replySize = 20 }
        let queue = store.make("Queue")
        queue("put", text)
        #expect(queue("get") == .returns(text))
        #expect(store.make("list", [text])("pop") == .returns(text))
    }

    @Test func whatALongPickleAsksIsCountedAsALimit() {
        let store = TestStore()
        let dict = store.make("dict")
        var deep: PickleValue = 1
        for _ in 0..<101 { deep = .tuple([deep]) }
        let reply = dict("__setitem__", deep, 1)
        guard case .raises("ValueError", _) = reply else {
            Issue.record("taken: \(reply)")
            return
        }
        #expect(store.takeReached(.pickles) == 1)
    }
}
