import Pickle
import Testing

/// `sort(key=…)`, by functions of Python's library. (That each gives what it gives in CPython is a
/// matter of the random calls in InteropTests.)
@Suite struct SortKeyFunctionTests {
    private let store = TestStore()

    private static func `operator`(_ name: String, _ arguments: PickleValue...) -> PickleValue {
        .reduce(.global(module: "operator", name: name), arguments)
    }

    private static func method(_ name: PickleString) -> PickleValue {
        .reduce(.builtin("getattr"), [.builtin("str"), .str(name)])
    }

    private static func job(_ name: PickleString, _ cost: Int) -> PickleValue {
        .newObject(
            .global(module: "__main__", name: "Job"),
            state: .dict([(key: "name", value: .str(name)), (key: "cost", value: .int(cost))]))
    }

    private static let sorted: [(PickleValue, key: PickleValue, PickleValue)] = [
        (
            [.tuple([1, "b"]), .tuple([2, "a"])], `operator`("itemgetter", 1),
            [.tuple([2, "a"]), .tuple([1, "b"])]
        ),
        (
            [.tuple([1, 2]), .tuple([0, 2]), .tuple([5, 1])], `operator`("itemgetter", -1, 0),
            [.tuple([5, 1]), .tuple([0, 2]), .tuple([1, 2])]
        ),
        ([["n": 2], ["n": 1.5]], `operator`("itemgetter", "n"), [["n": 1.5], ["n": 2]]),
        (
            [job("a", 3), job("b", 1)], `operator`("attrgetter", "cost"),
            [job("b", 1), job("a", 3)]
        ),
        (["b", "A", "C", "a"], method("lower"), ["A", "a", "b", "C"]),
        (["bbb", "", "cc"], .builtin("len"), ["", "cc", "bbb"]),
        ([-3, 2, 1, .power(of: 70)], .builtin("abs"), [1, 2, -3, .power(of: 70)]),
        ([1, 3, 2.5], .global(module: "_operator", name: "neg"), [3, 2.5, 1]),
        (["10", "9", " 1_1 "], .builtin("int"), ["9", "10", " 1_1 "]),
        (["1e1", "-inf", "9"], .builtin("float"), ["-inf", "9", "1e1"]),
        ([10, 9, 1], .builtin("str"), [1, 10, 9]),
    ]

    @Test(arguments: sorted)
    func itemsComeInTheOrderOfTheirKeys(
        items: PickleValue, key: PickleValue, expected: PickleValue
    ) {
        let list = store.make("list", items)
        #expect(list("sort", named: ["key": key]) == .none)
        #expect(list.value == .returns(expected))
    }

    @Test func equalKeysStayInTheirOrder() {
        let list = store.make("list", ["b", "a", "cc", "d"])
        #expect(list("sort", named: ["key": .builtin("len")]) == .none)
        #expect(list.value == .returns(["b", "a", "d", "cc"]))
        #expect(list("sort", named: ["key": .builtin("len"), "reverse": true]) == .none)
        #expect(list.value == .returns(["cc", "b", "a", "d"]))
    }

    private static func instance(_ name: String, _ arguments: PickleValue...) -> PickleValue {
        .newObject(.global(module: "__main__", name: name), arguments)
    }

    /// What is one value by its pickle may be several in Python.
    @Test func whatATextIsMadeOfIsNotTakenForItems() {
        let text = Self.instance("Text", "ba")
        let point = Self.instance("Point", 2, 1)
        let list = store.make("list", .list([text, point]))
        list("__delitem__", 1)
        #expect(
            list("sort", named: ["key": Self.operator("itemgetter", 0)])
                == .raises(
                    "TypeError",
                    "sort(key=…) is refused: what items a 'Text' has is not known here"))
        #expect(list("sort", named: ["key": Self.method("upper")]) == .none)
        list("__setitem__", 0, point)
        list("append", Self.instance("Point", 1, 5))
        #expect(list("sort", named: ["key": Self.operator("itemgetter", 0)]) == .none)
        #expect(list("__getitem__", 1) == .returns(point))
    }

    /// What is made for the keys of one sort has a limit, and so has the time that it takes.
    @Test(arguments: [method("upper"), .builtin("abs")])
    func largeKeysAreOverTheLimit(key: PickleValue) throws {
        let large: PickleValue =
            key == Self.method("upper")
            ? .str(PickleString(String(repeating: "é", count: 2_200_000)))
            : try PickleValue(
                pickle: [0x80, 2, 0x8B, 0, 0, 0x10, 1]
                    + [UInt8](repeating: 1, count: 0x110_0000) + [0x2E])
        let list = store.make("list", .list([large, large]))
        #expect(
            list("sort", named: ["key": key])
                == .raises("ValueError", "over the limit: comparisons"))
        #expect(list("__len__") == .returns(2))
    }

    @Test func columnsAreComparedOneAfterTheOther() {
        func row(_ name: PickleValue, _ price: PickleString, _ place: Int) -> PickleValue {
            .tuple([
                name, .reduce(.global(module: "decimal", name: "Decimal"), [.str(price)]),
                .int(place), "x", .int(place),
            ])
        }
        let rows = [
            row("a", "0.10", 2), row("a", "0.1", 1), row("a", "0.09", 3), row("", "9.99", 4),
            row("a", "0.100", 1), row("aaaaaaaaaaaaaaaaaaaab", "1", 0),
            row("aaaaaaaaaaaaaaaaaaaaa", "2", 0),
        ]
        let list = store.make("list", .list(rows))
        #expect(list("sort") == .none)
        #expect(list.value == .returns(.list([3, 2, 1, 4, 0, 6, 5].map { rows[$0] })))
        let key = Self.operator("itemgetter", 1, 0)
        #expect(list("sort", named: ["key": key, "reverse": true]) == .none)
        #expect(list.value == .returns(.list([3, 6, 5, 1, 4, 0, 2].map { rows[$0] })))
        let mixed = store.make(
            "list", .list([.tuple([1, 2]), .tuple([1]), .tuple([]), .tuple([1, 1])]))
        #expect(mixed("sort") == .none)
        #expect(mixed.text == .returns("[(), (1,), (1, 1), (1, 2)]"))
    }

    private static let failing: [(PickleValue, key: PickleValue, String, String)] = [
        ([.tuple([1])], `operator`("itemgetter", 1), "IndexError", "tuple index out of range"),
        ([5], `operator`("itemgetter", 0), "TypeError", "'int' object is not subscriptable"),
        ([5, "a"], .builtin("len"), "TypeError", "object of type 'int' has no len()"),
        (
            ["x"], .builtin("int"), "ValueError",
            "invalid literal for int() with base 10: 'x'"
        ),
        (
            [job("a", 1)], `operator`("attrgetter", "urgency"), "TypeError",
            "sort(key=…) is refused: whether a 'Job' has 'urgency' is not known here"
        ),
    ]

    @Test(arguments: failing)
    func whatAKeyRaisesIsRaisedAndNothingMoves(
        items: PickleValue, key: PickleValue, name: String, text: String
    ) {
        guard case .list(let values) = items.kind else { return }
        let list = store.make("list", .list([["z"]] + values))
        list("__delitem__", 0)
        #expect(list("sort", named: ["key": key, "reverse": true]) == .raises(name, text))
        #expect(list.value == .returns(items))
    }

    @Test func noFunctionOfAClientIsCalled() {
        let refusal = Reply.raises(
            "TypeError", "sort(key=…) is refused: the manager calls no functions of its clients")
        let list = store.make("list", [2, 1])
        #expect(list("sort", named: ["key": .none]) == .none)
        for key in [
            .builtin("eval"), .builtin("hash"), .global(module: "__main__", name: "cost"),
            Self.method("__len__"), Self.operator("itemgetter"),
            Self.operator("methodcaller", "lower"),
            .reduce(.global(module: "operator", name: "itemgetter"), (0..<17).map { .int($0) }),
        ] as [PickleValue] {
            #expect(list("sort", named: ["key": key]) == refusal)
        }
        #expect(
            list("sort", named: ["key": 5]) == .raises("TypeError", "'int' object is not callable"))
        #expect(store.make("list")("sort", named: ["key": 5]) == .none)
    }
}
