import Pickle
import Testing

@Suite struct HostedListArithmeticTests {
    private let list = TestStore().make("list", [1, "a"])

    @Test func addGivesANewList() {
        #expect(list("__add__", [2]) == .returns([1, "a", 2]))
        #expect(list("__add__", []) == .returns([1, "a"]))
        #expect(list.value == .returns([1, "a"]))
    }

    @Test func onlyAListIsAdded() {
        for (value, type) in [
            (.tuple([2]), "tuple"), ("b", "str"), (5, "int"), (.none, "NoneType"),
        ]
            as [(PickleValue, String)]
        {
            #expect(
                list("__add__", value)
                    == .raises("TypeError", "can only concatenate list (not \"\(type)\") to list"))
        }
        #expect(
            list("__add__", list.proxy)
                == .raises("TypeError", "can only concatenate list (not \"ListProxy\") to list"))
        #expect(list("__add__") == .raises("TypeError", "expected 1 argument, got 0"))
    }

    @Test(arguments: ["__mul__", "__rmul__"])
    func aProductRepeats(method: String) {
        #expect(list(method, 2) == .returns([1, "a", 1, "a"]))
        #expect(list(method, 0) == .returns([]))
        #expect(list(method, -5) == .returns([]))
        #expect(list(method, true) == .returns([1, "a"]))
        #expect(
            list(method, "a")
                == .raises("TypeError", "'str' object cannot be interpreted as an integer"))
        #expect(list(method) == .raises("TypeError", " expected 1 argument, got 0"))
        #expect(list.value == .returns([1, "a"]))
    }

    @Test func theListItselfComesBackFromImul() {
        #expect(list("__imul__", 2) == .returns([1, "a", 1, "a"]))
        #expect(list.value == .returns([1, "a", 1, "a"]))
        #expect(list("__imul__", 0) == .returns([]))
        #expect(list("__imul__", 5) == .returns([]))
        #expect(list("__imul__", .int(1 << 60)) == .returns([]))
    }

    @Test(arguments: ["__mul__", "__rmul__", "__imul__"])
    func whatIsTooLargeIsRefusedBeforeItIsMade(method: String) {
        #expect(list(method, .power(of: 62)) == .raises("MemoryError", []))
        #expect(
            list(method, .power(of: 30))
                == .raises("MemoryError", "over the limit: 268435456 bytes a repetition"))
        #expect(
            list(method, .power(of: 63))
                == .raises("OverflowError", "cannot fit 'int' into an index-sized integer"))
        #expect(list.value == .returns([1, "a"]))
    }
}
