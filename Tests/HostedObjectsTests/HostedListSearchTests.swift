import Pickle
import Testing

/// `in`, `index`, `count` and `remove`, by Python's equality.
@Suite struct HostedListSearchTests {
    private let store = TestStore()

    private static let items: PickleValue = [
        1, 1.0, true, 0, false, "1", .bytes([0x31]), .none, .tuple([1]), [1], [1.0], ["a": 1], "a",
        .complex(real: 0, imaginary: 1), .power(of: 70),
    ]

    private static let counts: [(PickleValue, Int)] = [
        (1, 3), (true, 3), (0, 2), (-0.0, 2), ("1", 1), (.bytes([0x31]), 1),
        (.byteArray([0x31]), 1), (.tuple([1.0]), 1), ([true], 2), (["a": 1.0], 1), (["a": 2], 0),
        (.float(0x1p70), 1), (.none, 1), ([:], 0), (.set([]), 0), (.float(.nan), 0), ("b", 0),
        (.power(of: 70), 1), (.power(of: 71), 0),
    ]

    @Test(arguments: counts)
    func valuesAreEqualAsInPython(value: PickleValue, count: Int) {
        let list = store.make("list", Self.items)
        #expect(list("count", value) == .returns(.int(count)))
        #expect(list("__contains__", value) == .returns(.bool(count > 0)))
    }

    @Test func indexFindsTheFirstFromAPlaceOn() {
        let list = store.make("list", Self.items)
        #expect(list("index", 1) == .returns(0))
        #expect(list("index", 1, 1) == .returns(1))
        #expect(list("index", 1, 2, 3) == .returns(2))
        #expect(list("index", 1, -13) == .returns(2))
        #expect(list("index", 0, 0, -11) == .returns(3))
        #expect(
            list("index", 1, .power(of: 100, negative: true), .power(of: 100)) == .returns(0))
    }

    @Test func whatIsNotThereIsNamed() {
        let list = store.make("list", Self.items)
        #expect(list("index", 1, 3) == .raises("ValueError", "1 is not in list"))
        #expect(list("index", "nope") == .raises("ValueError", "'nope' is not in list"))
        #expect(list("index", .tuple([1, 2])) == .raises("ValueError", "(1, 2) is not in list"))
        #expect(
            list("index", .none, .power(of: 100)) == .raises("ValueError", "None is not in list"))
        #expect(
            list("index", 1, "a")
                == .raises(
                    "TypeError", "slice indices must be integers or have an __index__ method"))
        #expect(list("index") == .raises("TypeError", "index expected at least 1 argument, got 0"))
    }

    @Test func removeTakesTheFirstThatIsEqual() {
        let list = store.make("list", [3, 1, 2, 1.0, true])
        #expect(list("remove", true) == .none)
        #expect(list("remove", 1) == .none)
        #expect(list.value == .returns([3, 2, true]))
        #expect(list("remove", "3") == .raises("ValueError", "list.remove(x): x not in list"))
    }

    @Test func aStrIsFoundHoweverItsLengthWasWritten() {
        let list = store.make("list", ["key"])
        // The same call at protocol 2, where a str has four bytes of length.
        let request = PickleValue.tuple([
            .str(list.ident), "__contains__", .tuple(["key"]), .dict([]),
        ])
        #expect(list.client.send(bytes: request.pickled(protocol: .two)) == .returns(true))
    }
}
