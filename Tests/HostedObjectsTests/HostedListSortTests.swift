import Pickle
import Testing

@Suite struct HostedListSortTests {
    private let store = TestStore()

    private static let sorted: [(PickleValue, PickleValue)] = [
        ([3, 1, 2], [1, 2, 3]),
        (["b", "a", "B", "", "é", "e\u{301}", "😀"], ["", "B", "a", "b", "e\u{301}", "é", "😀"]),
        ([.bytes([2]), .bytes([]), .bytes([1, 9])], [.bytes([]), .bytes([1, 9]), .bytes([2])]),
        ([[2], [1, 5], [1], []], [[], [1], [1, 5], [2]]),
        (
            [1.5, .power(of: 70), -1, .float(.infinity)],
            [-1, 1.5, .power(of: 70), .float(.infinity)]
        ),
        ([.none], [.none]), ([], []),
    ]

    @Test(arguments: sorted)
    func itemsComeInPythonsOrder(items: PickleValue, expected: PickleValue) {
        let list = store.make("list", items)
        #expect(list("sort") == .none)
        #expect(list.value == .returns(expected))
    }

    @Test func equalItemsStayInTheirOrder() {
        let list = store.make("list", [1.0, true, 1, 0, false])
        #expect(list("sort") == .none)
        #expect(list.text == .returns("[0, False, 1.0, True, 1]"))
        #expect(list("sort", named: ["reverse": true]) == .none)
        #expect(list.text == .returns("[1.0, True, 1, 0, False]"))
    }

    @Test func aLongListIsSorted() {
        let items = (0..<1009).map { PickleValue.int($0 * 7919 % 1009) }
        let list = store.make("list", .list(items))
        #expect(list("sort") == .none)
        #expect(list.value == .returns(.list((0..<1009).map { .int($0) })))
        #expect(list("sort", named: ["reverse": "yes"]) == .none)
        #expect(list("__getitem__", 0) == .returns(1008))
    }

    private static let unordered: [(PickleValue, String, String)] = [
        ([1, "a"], "str", "int"), ([.none, .none], "NoneType", "NoneType"),
        ([[:], [:]], "dict", "dict"),
        ([.tuple([1, "a"]), .tuple([1, .none])], "NoneType", "str"),
        (["a", .bytes([1])], "bytes", "str"),
    ]

    @Test(arguments: unordered)
    func whatHasNoOrderIsNotSorted(items: PickleValue, left: String, right: String) {
        let list = store.make("list", items)
        let reply = Reply.raises(
            "TypeError", "'<' not supported between instances of '\(left)' and '\(right)'")
        #expect(list("sort") == reply)
        #expect(list.value == .returns(items))
    }

    @Test func afterAFailureTheItemsStandAsFarAsTheyWereSorted() {
        let list = store.make(
            "list",
            [
                .tuple([2, "a"]), .tuple([1, "b"]), .tuple([1, "a"]), .tuple([]), .tuple([1]),
                .tuple([1, "a", .none]), .tuple([1.0, "a", 0]),
            ])
        #expect(
            list("sort")
                == .raises(
                    "TypeError", "'<' not supported between instances of 'int' and 'NoneType'"))
        #expect(
            list.text
                == .returns(
                    "[(), (1,), (1, 'a'), (1, 'a', None), (1, 'b'), (2, 'a'), (1.0, 'a', 0)]"))
    }

    private static func decimal(_ text: PickleString) -> PickleValue {
        .reduce(.global(module: "decimal", name: "Decimal"), [.str(text)])
    }

    private static func date(_ month: UInt8, _ day: UInt8) -> PickleValue {
        .reduce(.global(module: "datetime", name: "date"), [.bytes([7, 232, month, day])])
    }

    @Test func datesAndDecimalsAreSorted() {
        let dates = [Self.date(12, 1), Self.date(2, 29), Self.date(2, 3)]
        let list = store.make("list", .list(dates.map { .tuple([$0, "x"]) }))
        #expect(list("sort") == .none)
        #expect(list("index", .tuple([dates[0], "x"])) == .returns(2))
        #expect(list("index", .tuple([dates[2], "x"])) == .returns(0))
        let prices = store.make(
            "list", .list([Self.decimal("19.99"), 20, Self.decimal("3.10"), 3.2, 3]))
        #expect(prices("sort") == .none)
        #expect(prices("index", Self.decimal("3.1")) == .returns(1))
        #expect(prices("index", Self.decimal("20.0")) == .returns(4))
        #expect(prices("count", Self.decimal("3E+0")) == .returns(1))
        let mixed = store.make("list", .list([Self.date(1, 1), 1]))
        #expect(
            mixed("sort")
                == .raises(
                    "TypeError",
                    "'<' not supported between instances of 'int' and 'datetime.date'"))
    }

    /// Each is read once, however often it is compared.
    @Test func longDecimalsThatDifferInTheirLastDigitsAreSorted() {
        let items = (0..<3000).map {
            Self.decimal(
                PickleString("0." + String(repeating: "3", count: 80) + "\(1000 + $0 * 7 % 997)"))
        }
        let list = store.make("list", .list(items))
        #expect(list("sort") == .none)
        #expect(list("__getitem__", 0) == .returns(items[0]))
        #expect(list("__getitem__", 2999) == .returns(items[712]))
    }

    @Test func itsOptionsAreNamed() {
        let list = store.make("list", [2, 1])
        #expect(list("sort", true) == .raises("TypeError", "sort() takes no positional arguments"))
        #expect(
            list("sort", named: ["cmp": .none])
                == .raises("TypeError", "sort() got an unexpected keyword argument 'cmp'"))
        #expect(
            list("sort", named: ["reversed": true])
                == .raises(
                    "TypeError",
                    "sort() got an unexpected keyword argument 'reversed'. Did you mean 'reverse'?")
        )
    }
}
