import Pickle
import Testing

@testable import HostedObjects

/// What Python's iteration gives.
@Suite struct ArgumentsIterationTests {
    private let store = TestStore()

    private func items(of value: PickleValue) -> Reply { store.make("list", value).value }

    private static func instance(
        _ module: String, _ name: String, _ arguments: [PickleValue], appended: [PickleValue] = []
    ) throws -> PickleValue {
        var writer = BodyWriter()
        writer.global(module, name)
        writer.tuple(arguments.map { PickledValue($0) })
        writer.append(.reduce)
        if !appended.isEmpty {
            writer.append(.mark)
            for value in appended { writer.body(PickledValue(value)) }
            writer.append(.appends)
        }
        return try PickleValue(body: writer.bytes)
    }

    @Test func sequencesSetsAndDictsGiveTheirItems() {
        #expect(items(of: .tuple([1, [2]])) == .returns([1, [2]]))
        #expect(items(of: .set([5])) == .returns([5]))
        #expect(items(of: .frozenset([5])) == .returns([5]))
        #expect(items(of: ["k": 1]) == .returns(["k"]))
        #expect(items(of: .byteArray([1, 2])) == .returns([1, 2]))
    }

    @Test func aStrGivesItsCodePoints() {
        let text = PickleString(unchecked: Array("e\u{301}😀".utf8) + [0xED, 0xB2, 0x80])
        #expect(
            items(of: .str(text))
                == .returns([
                    "e", "\u{301}", "😀", .str(PickleString(unchecked: [0xED, 0xB2, 0x80])),
                ]))
    }

    @Test func rangesAreGoneThroughWithinALimit() {
        #expect(items(of: .range(3)) == .returns([0, 1, 2]))
        #expect(items(of: .range(2, 0, -1)) == .returns([2, 1]))
        #expect(items(of: .range(0, Int.max, Int.max / 2)).value != nil)
        #expect(
            store.verb("create", "list", .range(0, Int.max))
                == .traceback("MemoryError: over the limit: 268435456 bytes of items"))
        #expect(
            store.verb("create", "list", .range(Int.max, Int.min, -1))
                == .traceback("MemoryError: over the limit: 268435456 bytes of items"))
        #expect(
            items(of: .range(Int.min, Int.max, Int.max))
                == .returns([.int(.min), -1, .int(.max - 1)]))
        #expect(items(of: .range(5, 5)) == .returns([]))
        #expect(items(of: .range(Int.max, Int.min)) == .returns([]))
    }

    @Test func rangesOfLongIntsAreGoneThrough() {
        let (power, twice) = (PickleValue.power(of: 64), PickleValue.power(of: 65))
        func range(_ bounds: PickleValue...) -> PickleValue { .reduce(.builtin("range"), bounds) }
        #expect(items(of: range(0, twice, power)) == .returns(.list([0, power])))
        let down = PickleValue.power(of: 63, negative: true)
        #expect(
            items(of: range(power, 0, down)) == .returns(.list([power, .power(of: 63)])))
        #expect(items(of: range(twice, power)) == .returns([]))
        let dict = store.make("dict")
        dict("__setitem__", range(0, power, power), 1)
        #expect(dict("__getitem__", .range(0, 1, 1)) == .returns(1))
        let longest = range(0, .power(of: 1100), 1)
        #expect(
            store.verb("create", "list", longest)
                == .traceback(
                    "TypeError: a range that is gone through must have bounds of 129 bytes"))
    }

    @Test func iteratorsGiveWhatIsLeft() {
        let iter = { PickleValue.reduce(.builtin("iter"), [$0], state: $1) }
        let reversed = { PickleValue.reduce(.builtin("reversed"), [$0], state: $1) }
        #expect(items(of: iter([1, 2, 3], 1)) == .returns([2, 3]))
        #expect(items(of: iter("abc", 0)) == .returns(["a", "b", "c"]))
        #expect(items(of: iter([1], 5)) == .returns([]))
        #expect(items(of: reversed([1, 2, 3], 1)) == .returns([2, 1]))
        #expect(items(of: reversed([1, 2, 3], -1)) == .returns([]))
        #expect(items(of: .reduce(.builtin("iter"), [[]])) == .returns([]))
    }

    @Test func arraysGiveTheirNumbers() throws {
        func array(_ code: String, _ data: [UInt8]) throws -> PickleValue {
            try Self.instance("array", "array", [.str(code), .bytes(data)])
        }
        #expect(items(of: try array("h", [1, 0, 0xFF, 0xFF])) == .returns([1, -1]))
        #expect(items(of: try array("B", [1, 255])) == .returns([1, 255]))
        #expect(items(of: try array("d", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F])) == .returns([1.5]))
        #expect(
            items(of: try array("Q", [UInt8](repeating: 0, count: 7) + [0x80]))
                == .returns([.power(of: 63)]))
        #expect(items(of: try array("i", [1, 0, 0])) == .returns([]))
    }

    @Test func instancesOfKindsOfListGiveWhatTheyHold() throws {
        let deque = try Self.instance("collections", "deque", [.tuple([]), 5], appended: [1, 2])
        #expect(items(of: deque) == .returns([1, 2]))
        let empty = try Self.instance("collections", "deque", [])
        #expect(items(of: empty) == .returns([]))
    }

    @Test func instancesOfOtherClassesAreNotGoneThrough() {
        #expect(
            store.verb(
                "create", "list", .newObject(.global(module: "shop", name: "Cart"), state: ["a": 1])
            )
                == .traceback("TypeError: 'Cart' object is not iterable"))
        #expect(
            store.verb("create", "list", .builtin("len"))
                == .traceback("TypeError: 'builtin_function_or_method' object is not iterable"))
    }

    @Test func instancesOfKindsOfDictAreMappings() throws {
        var writer = BodyWriter()
        writer.global("collections", "OrderedDict")
        writer.append(.emptyTuple)
        writer.append(.reduce)
        let empty = try PickleValue(body: writer.bytes)
        writer.append(.mark)
        writer.str("k")
        writer.int(1)
        writer.append(.setItems)
        let full = try PickleValue(body: writer.bytes)
        #expect(store.make("dict", full).value == .returns(["k": 1]))
        #expect(store.make("dict", empty).value == .returns([:]))
        #expect(items(of: full) == .returns(["k"]))
    }
}
