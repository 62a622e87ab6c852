import Pickle
import Testing

/// `list[…]`, read, set and deleted.
@Suite struct HostedListItemsTests {
    private let store = TestStore()

    private func digits() -> TestObject { store.make("list", .range(10)) }

    @Test(arguments: [(0, 0), (9, 9), (-1, 9), (-10, 0)])
    func anIndexCountsFromEitherEnd(index: Int, item: Int) {
        #expect(digits()("__getitem__", .int(index)) == .returns(.int(item)))
    }

    @Test func aBoolIsAnIndex() {
        #expect(digits()("__getitem__", true) == .returns(1))
    }

    @Test(arguments: [PickleValue.int(10), .int(-11), .power(of: 31), .power(of: 62)])
    func anIndexHasToBeInRange(index: PickleValue) {
        #expect(digits()("__getitem__", index) == .raises("IndexError", "list index out of range"))
        let reply = Reply.raises("IndexError", "list assignment index out of range")
        #expect(digits()("__setitem__", index, 1) == reply)
        #expect(digits()("__delitem__", index) == reply)
    }

    @Test(arguments: [
        PickleValue.power(of: 63), .power(of: 100), .power(of: 100, negative: true),
    ])
    func anIndexHasToFit(index: PickleValue) {
        let reply = Reply.raises("IndexError", "cannot fit 'int' into an index-sized integer")
        #expect(digits()("__getitem__", index) == reply)
        #expect(digits()("__setitem__", index, 1) == reply)
        #expect(digits()("__delitem__", index) == reply)
    }

    private static let others: [(PickleValue, String)] = [
        (.float(1), "float"), ("a", "str"), (.none, "NoneType"), (.tuple([1]), "tuple"),
        (.list([]), "list"), (.range(2), "range"),
    ]

    @Test(arguments: others)
    func anIndexIsAnIntOrASlice(index: PickleValue, type: String) {
        let reply = Reply.raises(
            "TypeError", "list indices must be integers or slices, not \(type)")
        #expect(digits()("__getitem__", index) == reply)
        #expect(digits()("__setitem__", index, 1) == reply)
        #expect(digits()("__delitem__", index) == reply)
    }

    private static let slices: [(PickleValue, PickleValue)] = [
        (.slice(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), (.slice(2, 5), [2, 3, 4]),
        (.slice(-3), [7, 8, 9]), (.slice(.none, -8), [0, 1]),
        (.slice(.none, .none, 4), [0, 4, 8]), (.slice(.none, .none, -4), [9, 5, 1]),
        (.slice(8, 2, -2), [8, 6, 4]), (.slice(2, 8, -2), []), (.slice(20, 30), []),
        (.slice(100, -100, -3), [9, 6, 3, 0]), (.slice(true, 3), [1, 2]),
        (.slice(.none, .none, .power(of: 100)), [0]),
        (.slice(.none, .none, .power(of: 63, negative: true)), [9]),
        (.slice(.power(of: 100, negative: true), .power(of: 100), .power(of: 100)), [0]),
    ]

    @Test(arguments: slices)
    func aSliceIsResolvedAsPythonDoes(slice: PickleValue, items: PickleValue) {
        #expect(digits()("__getitem__", slice) == .returns(items))
    }

    @Test(arguments: ["__getitem__", "__delitem__"])
    func aSliceHasIntsForBounds(method: String) {
        let list = digits()
        let reply = Reply.raises(
            "TypeError", "slice indices must be integers or None or have an __index__ method")
        #expect(list(method, .slice("a", "b")) == reply)
        #expect(list(method, .slice(1, 2, "x")) == reply)
        #expect(list(method, .slice(1.0, 2)) == reply)
        let zero = Reply.raises("ValueError", "slice step cannot be zero")
        #expect(list(method, .slice(.none, .none, 0)) == zero)
        #expect(list(method, .slice(.none, "x", 0)) == zero)
    }

    @Test func assigningToASliceReplacesIt() {
        let list = digits()
        #expect(list("__setitem__", .slice(0, 8), "xy") == .none)
        #expect(list.value == .returns(["x", "y", 8, 9]))
        #expect(list("__setitem__", .slice(3, 1), [1]) == .none)
        #expect(list.value == .returns(["x", "y", 8, 1, 9]))
        #expect(list("__setitem__", .slice(100, 200), ["end"]) == .none)
        #expect(list("__setitem__", .slice(.none, 4), []) == .none)
        #expect(list.value == .returns([9, "end"]))
    }

    @Test func assigningToAnExtendedSliceKeepsItsSize() {
        let list = digits()
        #expect(list("__setitem__", .slice(.none, .none, -5), ["u", "v"]) == .none)
        #expect(list.value == .returns([0, 1, 2, 3, "v", 5, 6, 7, 8, "u"]))
        #expect(
            list("__setitem__", .slice(.none, .none, 4), ["A"])
                == .raises(
                    "ValueError", "attempt to assign sequence of size 1 to extended slice of size 3"
                ))
        #expect(
            list("__setitem__", .slice(3, 3, -1), [1])
                == .raises(
                    "ValueError", "attempt to assign sequence of size 1 to extended slice of size 0"
                ))
        #expect(list("__setitem__", .slice(3, 3, 2), []) == .none)
        #expect(
            list("__setitem__", .slice(0, 2), 5)
                == .raises("TypeError", "must assign iterable to extended slice"))
    }

    @Test func deletingASliceClosesTheGaps() {
        let list = digits()
        #expect(list("__delitem__", .slice(.none, .none, 3)) == .none)
        #expect(list.value == .returns([1, 2, 4, 5, 7, 8]))
        #expect(list("__delitem__", .slice(.none, .none, -4)) == .none)
        #expect(list.value == .returns([1, 4, 5, 7]))
        #expect(list("__delitem__", .slice(3, 1)) == .none)
        #expect(list("__delitem__", .slice(0, 4, -1)) == .none)
        #expect(list("__delitem__", .slice(1, 3)) == .none)
        #expect(list.value == .returns([1, 7]))
        #expect(list("__delitem__", .slice()) == .none)
        #expect(list.value == .returns([]))
    }

    @Test func setItemReportsNoName() {
        let reply = Reply.raises("TypeError", " expected 2 arguments, got 1")
        #expect(digits()("__setitem__", 0) == reply)
    }

    /// Every slice of a small list against Python's own definition of the places it means.
    @Test func allSlicesOfASmallListAgreeWithTheirDefinition() throws {
        let bounds: [Int?] = [nil] + Array(-6...6)
        let items: [PickleValue] = (0..<4).map { .int($0) }
        let list = store.make("list", .list(items))
        for start in bounds {
            for stop in bounds {
                for step in bounds where step != 0 {
                    let slice = PickleValue.slice(
                        start.map { .int($0) } ?? .none, stop.map { .int($0) } ?? .none,
                        step.map { .int($0) } ?? .none)
                    let expected = Self.places(start, stop, step ?? 1, length: 4).map { items[$0] }
                    #expect(list("__getitem__", slice) == .returns(.list(expected)))
                }
            }
        }
    }

    private static func places(_ start: Int?, _ stop: Int?, _ step: Int, length: Int) -> [Int] {
        let lower = step > 0 ? 0 : -1
        let upper = step > 0 ? length : length - 1
        func bound(_ value: Int?, _ absent: Int) -> Int {
            guard let value else { return absent }
            return value < 0 ? max(value + length, lower) : min(value, upper)
        }
        let first = bound(start, step > 0 ? lower : upper)
        let last = bound(stop, step > 0 ? upper : lower)
        return Array(Swift.stride(from: first, to: last, by: step))
    }
}
