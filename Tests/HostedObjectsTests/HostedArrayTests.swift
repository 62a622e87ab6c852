import Pickle
import Testing

@testable import HostedObjects

@Suite struct HostedArrayTests {
    private let store = TestStore()

    private func array(_ code: String, _ bytes: [UInt8]) -> PickleValue {
        .reduce(
            .global(module: "array", name: "array"), [.str(code), .bytes(bytes)])
    }

    private func slice(_ start: PickleValue, _ stop: PickleValue, _ step: PickleValue = .none)
        -> PickleValue
    {
        .reduce(.global(module: "builtins", name: "slice"), [start, stop, step])
    }

    private func refusal(_ code: PickleValue, _ items: PickleValue) -> Reply {
        store.verb("create", "Array", code, items)
    }

    @Test func itemsAreReadAndWrittenByTheirPlace() {
        let numbers = store.make("Array", "i", [1, -2, 3])
        #expect(numbers("__len__") == .returns(3))
        #expect(numbers("__getitem__", 1) == .returns(-2))
        #expect(numbers("__getitem__", -1) == .returns(3))
        #expect(numbers("__setitem__", 0, .bool(true)) == .none)
        #expect(numbers("__getitem__", 0) == .returns(1))
        #expect(numbers("__getitem__", 3) == .raises("IndexError", "array index out of range"))
        #expect(
            numbers("__setitem__", -4, "a")
                == .raises("IndexError", "array assignment index out of range"))
        #expect(
            numbers("__getitem__", "a") == .raises("TypeError", "array indices must be integers"))
        #expect(
            numbers("__setitem__", 0, "a")
                == .raises("TypeError", "'str' object cannot be interpreted as an integer"))
    }

    @Test func itTravelsAsAnArray() {
        let numbers = store.make("Array", "h", [1, -2])
        #expect(numbers.value == .returns(array("h", [1, 0, 0xFE, 0xFF])))
        #expect(numbers.text == .returns("array('h', [1, -2])"))
        #expect(store.make("Array", "d", []).text == .returns("array('d')"))
        #expect(store.make("Array", "u", "a\u{E9}").text == .returns("array('u', 'a\u{E9}')"))
    }

    @Test func itIsMadeOfAnySequence() {
        #expect(store.make("Array", "b", .bytes([1, 255])).text == .returns("array('b', [1, -1])"))
        #expect(store.make("Array", "d", [1, 2.5]).text == .returns("array('d', [1.0, 2.5])"))
        #expect(
            store.make("Array", "d", array("h", [7, 0])).text == .returns("array('d', [7.0])"))
        let list = store.make("list", [1, 2])
        #expect(store.make("Array", "q", list.proxy).text == .returns("array('q', [1, 2])"))
        let numbers = store.make("Array", "q", [5])
        #expect(
            store.make("list", numbers.proxy(ofClass: "ArrayProxy")).value == .returns([5]))
    }

    @Test(arguments: [
        ("b", 128, "signed char is greater than maximum"),
        ("b", -129, "signed char is less than minimum"),
        ("B", 256, "unsigned byte integer is greater than maximum"),
        ("B", -1, "unsigned byte integer is less than minimum"),
        ("h", 1 << 15, "signed short integer is greater than maximum"),
        ("H", -1, "unsigned short is less than minimum"),
        ("i", 1 << 31, "signed integer is greater than maximum"),
        ("I", 1 << 32, "unsigned int is greater than maximum"),
        ("I", -1, "can't convert negative value to unsigned int"),
        ("L", -1, "can't convert negative value to unsigned int"),
        ("Q", -1, "can't convert negative int to unsigned"),
    ])
    func anItemMustFit(_ code: String, _ item: Int, _ message: String) {
        #expect(refusal(.str(code), [.int(item)]) == .traceback("OverflowError: \(message)"))
    }

    @Test(arguments: [
        ("b", "Python int too large to convert to C long"),
        ("l", "Python int too large to convert to C long"),
        ("I", "Python int too large to convert to C unsigned long"),
        ("L", "Python int too large to convert to C unsigned long"),
        ("q", "int too big to convert"), ("Q", "int too big to convert"),
    ])
    func aGreatIntDoesNotFit(_ code: String, _ message: String) {
        #expect(
            refusal(.str(code), [.power(of: 100)]) == .traceback("OverflowError: \(message)"))
    }

    @Test func theLargestItemsFit() throws {
        let large = store.make("Array", "Q", [0])
        let most = try PickleValue(
            pickle: [0x80, 2, 0x8A, 9] + [UInt8](repeating: 255, count: 8) + [0, 0x2E])
        #expect(large("__setitem__", 0, most) == .none)
        #expect(large("__getitem__", 0) == .returns(most))
        let small = store.make("Array", "q", [.int(Int.min)])
        #expect(small("__getitem__", 0) == .returns(.int(Int.min)))
    }

    @Test func whatIsNoArrayIsRefused() {
        #expect(
            refusal("z", [])
                == .traceback(
                    "ValueError: bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)"))
        #expect(
            refusal(5, [])
                == .traceback(
                    "TypeError: array() argument 1 must be a unicode character, not int"))
        #expect(refusal("i", 5) == .traceback("TypeError: 'int' object is not iterable"))
        #expect(
            refusal("i", "abc")
                == .traceback(
                    "TypeError: cannot use a str to initialize an array with typecode 'i'"))
        #expect(
            refusal("i", .bytes([1]))
                == .traceback("ValueError: bytes length not a multiple of item size"))
        #expect(refusal("d", ["a"]) == .traceback("TypeError: must be real number, not str"))
        #expect(
            refusal("u", ["ab"]) == .traceback("TypeError: array item must be unicode character"))
        #expect(
            store.verb("create", "Array", "i", [], 1, 2)
                == .traceback(
                    "TypeError: Array() takes from 2 to 3 positional arguments but 4 were given"))
    }

    @Test func slicesAreArrays() {
        let numbers = store.make("Array", "b", [1, 2, 3, 4])
        #expect(
            numbers("__getitem__", slice(.none, .none, -2)) == .returns(array("b", [4, 2])))
        #expect(numbers("__setitem__", slice(1, 3), array("b", [9])) == .none)
        #expect(numbers.text == .returns("array('b', [1, 9, 4])"))
        #expect(numbers("__setitem__", slice(0, 3, 2), array("b", [5, 6])) == .none)
        #expect(numbers.text == .returns("array('b', [5, 9, 6])"))
        #expect(
            numbers("__setitem__", slice(0, 3, 2), array("b", [5]))
                == .raises(
                    "ValueError", "attempt to assign array of size 1 to extended slice of size 2"))
        #expect(
            numbers("__setitem__", slice(0, 1), [1])
                == .raises("TypeError", "can only assign array (not \"list\") to array slice"))
        #expect(
            numbers("__setitem__", slice(0, 1), array("h", [1, 0]))
                == .raises("TypeError", "bad argument type for built-in operation"))
        #expect(numbers("__setitem__", slice(0, 3, 2), array("b", [])) == .none)
        #expect(numbers.text == .returns("array('b', [9])"))
        let wide = store.make("Array", "h", [1, 2, 3, 4, 5, 6, 7])
        let pair = wide("__getitem__", slice(1, 3))
        #expect(pair == .returns(array("h", [2, 0, 3, 0])))
        #expect(
            wide("__setitem__", slice(6, .none, -3), array("h", [8, 1, 9, 1, 10, 1])) == .none)
        #expect(wide.text == .returns("array('h', [266, 2, 3, 265, 5, 6, 264])"))
        #expect(wide("__setitem__", slice(5, .none, -2), array("h", [])) == .none)
        #expect(wide.text == .returns("array('h', [266, 3, 5, 264])"))
        #expect(wide("__setitem__", slice(0, 0, 2), array("h", [])) == .none)
        #expect(wide.text == .returns("array('h', [266, 3, 5, 264])"))
    }

    @Test func bytesThatAreNoCharacterAreNotRead() {
        let text = store.make("Array", "u", .bytes([255, 255, 255, 255]))
        #expect(
            text("__getitem__", 0) == .raises("ValueError", "chr() arg not in range(0x110000)"))
        #expect(text("__setitem__", 0, "x") == .none)
        #expect(text("__getitem__", 0) == .returns("x"))
    }
}
