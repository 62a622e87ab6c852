import Pickle
import Testing

@Suite struct HostedDictTests {
    private let store = TestStore()

    private func dict(_ items: PickleValue = [:]) -> TestObject { store.make("dict", items) }

    @Test func itExposesWhatCPythonDoes() throws {
        let reply = store.verb("create", "dict")
        guard case .tuple(let parts) = try #require(reply.value).kind else {
            Issue.record("\(reply)")
            return
        }
        let names = [
            "__contains__", "__delitem__", "__getitem__", "__iter__", "__len__", "__setitem__",
            "clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update",
            // The methods that return proxies once more, as CPython's `create` has it.
            "values", "__iter__",
        ]
        #expect(parts[1] == .tuple(names.map { .str($0) }))
    }

    @Test func whatIsSetIsGot() {
        let dict = dict()
        #expect(dict("__setitem__", "a", [1, "x"]) == .none)
        #expect(dict("__getitem__", "a") == .returns([1, "x"]))
        #expect(dict("get", "a") == .returns([1, "x"]))
        #expect(dict("__contains__", "a") == .returns(true))
        #expect(dict("__len__") == .returns(1))
    }

    @Test func whatIsMissingIsMissing() {
        let dict = dict()
        #expect(dict("__getitem__", "a") == .raises("KeyError", ["a"]))
        #expect(dict("__delitem__", .tuple([1, "b"])) == .raises("KeyError", [.tuple([1, "b"])]))
        #expect(dict("pop", 0) == .raises("KeyError", [0]))
        #expect(dict("pop", 0, "fallback") == .returns("fallback"))
        #expect(dict("get", "a") == .none)
        #expect(dict("get", "a", 5) == .returns(5))
        #expect(dict("__contains__", "a") == .returns(false))
        #expect(dict("popitem") == .raises("KeyError", "popitem(): dictionary is empty"))
    }

    @Test func equalKeysAreOneKey() {
        let dict = dict()
        for key in [1, 1.0, true, .complex(real: 1, imaginary: 0)] as [PickleValue] {
            #expect(dict("__setitem__", key, key) == .none)
        }
        #expect(dict.text == .returns("{1: (1+0j)}"))
        #expect(dict("__setitem__", 0, "zero") == .none)
        #expect(dict("__getitem__", -0.0) == .returns("zero"))
        #expect(dict("__getitem__", false) == .returns("zero"))
    }

    @Test func keysThatOnlyLookEqualAreTwo() {
        let keys: [PickleValue] = [
            "é", "e\u{301}", .bytes([0x61]), "a", "1", 1, .power(of: 53), .tuple([]), .none,
            .frozenset([1]), .frozenset([]), .str(PickleString(unchecked: [0xED, 0xB2, 0x80])),
        ]
        let dict = dict()
        for (index, key) in keys.enumerated() { dict("__setitem__", key, .int(index)) }
        #expect(dict("__len__") == .returns(.int(keys.count)))
        for (index, key) in keys.enumerated() {
            #expect(dict("__getitem__", key) == .returns(.int(index)))
        }
        #expect(dict("keys") == .returns(.list(keys)))
    }

    @Test func nanIsEqualToNothing() {
        let dict = dict()
        dict("__setitem__", .float(.nan), 1)
        dict("__setitem__", .float(.nan), 2)
        #expect(dict("__len__") == .returns(2))
        #expect(dict("__contains__", .float(.nan)) == .returns(false))
    }

    @Test(arguments: ["__getitem__", "__contains__", "__delitem__", "get", "setdefault", "pop"])
    func aListIsNoKey(method: String) {
        let reply = Reply.raises("TypeError", "unhashable type: 'list'")
        #expect(dict(["a": 1])(method, []) == reply)
        #expect(dict(["a": 1])(method, .tuple([1, []])) == reply)
    }

    @Test func anEmptyDictDoesNotHashWhatItPops() {
        #expect(dict()("pop", []) == .raises("KeyError", [[]]))
        #expect(dict()("pop", [], 1) == .returns(1))
    }

    @Test func entriesKeepTheOrderOfTheirInsertion() {
        let dict = dict(["a": 1, "b": 2, "c": 3])
        dict("__setitem__", "a", 4)
        dict("__delitem__", "b")
        dict("__setitem__", "b", 5)
        #expect(dict("keys") == .returns(["a", "c", "b"]))
        #expect(dict("values") == .returns([4, 3, 5]))
        #expect(
            dict("items") == .returns([.tuple(["a", 4]), .tuple(["c", 3]), .tuple(["b", 5])]))
        #expect(dict("popitem") == .returns(.tuple(["b", 5])))
        #expect(dict("copy") == .returns(["a": 4, "c": 3]))
        #expect(dict.value == .returns(["a": 4, "c": 3]))
        #expect(dict.text == .returns("{'a': 4, 'c': 3}"))
        #expect(dict("clear") == .none)
        #expect(dict.text == .returns("{}"))
    }

    @Test func setdefaultSetsOnce() {
        let dict = dict()
        #expect(dict("setdefault", "a") == .none)
        #expect(dict("setdefault", "a", 1) == .none)
        #expect(dict("setdefault", "b", 1) == .returns(1))
        #expect(dict.value == .returns(["a": .none, "b": 1]))
    }

    @Test func updateTakesMappingsPairsAndKeywords() {
        let dict = dict()
        #expect(dict("update", ["a": 1], named: ["b": 2]) == .none)
        #expect(dict("update", [.tuple(["c", 3]), "de", [4, 5]]) == .none)
        #expect(dict("update", dict.proxy) == .none)
        #expect(dict("update", store.make("dict", ["x": "y"]).proxy) == .none)
        #expect(dict("update", store.make("list", ["pq"]).proxy) == .none)
        #expect(
            dict.value
                == .returns(["a": 1, "b": 2, "c": 3, "d": "e", 4: 5, "x": "y", "p": "q"]))
    }

    @Test func pairsBeforeABadOneAreKept() {
        let dict = dict()
        #expect(
            dict("update", [.tuple(["a", 1]), 5])
                == .raises(
                    "TypeError",
                    "cannot convert dictionary update sequence element #1 to a sequence"))
        #expect(
            dict("update", [.tuple(["b", 2]), "xyz"])
                == .raises(
                    "ValueError",
                    "dictionary update sequence element #1 has length 3; 2 is required"))
        #expect(dict("update", 5) == .raises("TypeError", "'int' object is not iterable"))
        #expect(dict.value == .returns(["a": 1, "b": 2]))
    }

    @Test func itIsMadeAsDictIs() {
        #expect(store.make("dict", ["ab", "cd"]).value == .returns(["a": "b", "c": "d"]))
        #expect(store.make("dict", named: ["a": 1]).value == .returns(["a": 1]))
        #expect(
            store.verb("create", "dict", 1, 2)
                == .traceback("TypeError: dict expected at most 1 argument, got 2"))
        #expect(
            store.verb("create", "dict", [1])
                == .traceback(
                    "TypeError: cannot convert dictionary update sequence element #0 to a sequence")
        )
    }

    @Test func aKeyThatIsPickledOnceForKeyAndValueIsBoth() {
        // `d[k] = k`: the value is a reference to the key's memo entry.
        let key = PickleValue.tuple(["a long key", 5])
        let dict = dict()
        let request = PickleValue.tuple([
            .str(dict.ident), "__setitem__", .tuple([key, key]), .dict([]),
        ])
        let bytes = request.pickled()
        #expect(bytes.contains(Opcode.binGet.rawValue))
        #expect(dict.client.send(bytes: bytes) == .none)
        #expect(dict("__getitem__", key) == .returns(key))
    }

    /// Single items are found without the table of methods, but must not be taken for others.
    @Test func singleItemsAreAsStrictAsAnyMethod() {
        let dict = dict(["a": 1])
        #expect(
            dict("__getitem__", "a", "b")
                == .raises("TypeError", "dict.__getitem__() takes exactly one argument (2 given)"))
        #expect(dict("__setitem__", "a") == .raises("TypeError", " expected 2 arguments, got 1"))
        #expect(dict("__delitem__", "a") == .none)
        #expect(dict("__len__") == .returns(0))
        #expect(dict("__getitem__", [1]) == .raises("TypeError", "unhashable type: 'list'"))
        #expect(dict("__setitem__", [1], 2) == .raises("TypeError", "unhashable type: 'list'"))
        #expect(dict("__setitem__", 1.0, [1, 2]) == .none)
        #expect(dict("__getitem__", true) == .returns([1, 2]))
    }

    @Test(arguments: [false, true])
    func longValuesAreGotWhole(whereRequestsMayBeKept keeps: Bool) {
        store.keepsFrames = keeps
        let dict = dict()
        let long = PickleValue.bytes([UInt8](repeating: 7, count: 300_000))
        #expect(dict("__setitem__", "a", long) == .none)
        #expect(dict("__getitem__", "a") == .returns(long))
        #expect(dict("values") == .returns([long]))
        #expect(dict("copy") == .returns(["a": long]))
        #expect(dict("setdefault", "b", long) == .returns(long))
        #expect(dict("items") == .returns([.tuple(["a", long]), .tuple(["b", long])]))
        #expect(dict("pop", "a") == .returns(long))
        #expect(dict("get", "b", 1) == .returns(long))
        let other = PickleValue.str(String(repeating: "é", count: 60_000))
        for value in [other, long, [long], 1, other] {
            #expect(dict("__setitem__", "b", value) == .none)
            #expect(dict("__setitem__", 2, value) == .none)
            #expect(dict("__getitem__", "b") == .returns(value))
            #expect(dict("values") == .returns([value, value]))
        }
        #expect(dict("update", named: ["c": long]) == .none)
        #expect(dict("__getitem__", "c") == .returns(long))
    }
}
