import Pickle
import Testing

@Suite struct HostedNamespaceTests {
    private let store = TestStore()

    private func value(_ attributes: PickleValue) -> Reply {
        .returns(
            .newObject(
                .global(module: "multiprocessing.managers", name: "Namespace"), state: attributes))
    }

    @Test func attributesAreReadSetAndDeleted() {
        let space = store.make("Namespace", named: ["a": 1, "_b": 2])
        #expect(space("__getattribute__", "a") == .returns(1))
        #expect(space("__setattr__", "c", [3]) == .none)
        #expect(space("__delattr__", "a") == .none)
        #expect(space.value == value(["_b": 2, "c": [3]]))
    }

    @Test func aMissingAttributeIsNamed() throws {
        let space = store.make("Namespace")
        let text = "'Namespace' object has no attribute 'nope'"
        #expect(space("__getattribute__", "nope") == .raises("AttributeError", text))
        #expect(space("__delattr__", "nope") == .raises("AttributeError", text))
    }

    @Test func theErrorOfReadingHasTheName() throws {
        let space = store.make("Namespace")
        _ = space("__getattribute__", "nope")
        let reply = try PickleValue(pickle: Array(store.lastFrames.dropFirst(4)))
        guard case .tuple(let parts) = reply.kind, case .object(let error) = parts[1].kind else {
            Issue.record("\(reply)")
            return
        }
        let text: PickleValue = "'Namespace' object has no attribute 'nope'"
        #expect(error.states == [["name": "nope", "args": .tuple([text])]])
    }

    @Test(arguments: ["__getattribute__", "__delattr__"])
    func aNameIsAStr(method: String) {
        let space = store.make("Namespace")
        #expect(
            space(method, 5) == .raises("TypeError", "attribute name must be string, not 'int'"))
        #expect(
            space(method, .bytes([0x61]))
                == .raises("TypeError", "attribute name must be string, not 'bytes'"))
        #expect(space(method) == .raises("TypeError", "expected 1 argument, got 0"))
    }

    @Test func aNameMayBeAnyStr() {
        let space = store.make("Namespace")
        let surrogate = PickleValue.str(PickleString(unchecked: [0xED, 0xB2, 0x80]))
        for name in ["", "not an identifier", "é", surrogate] as [PickleValue] {
            #expect(space("__setattr__", name, name) == .none)
            #expect(space("__getattribute__", name) == .returns(name))
        }
    }

    @Test func whatEveryInstanceHasIsThere() {
        let space = store.make("Namespace", named: ["a": 1])
        #expect(space("__getattribute__", "__dict__") == .returns(["a": 1]))
        #expect(
            space("__getattribute__", "__class__")
                == .returns(.global(module: "multiprocessing.managers", name: "Namespace")))
        #expect(space("__getattribute__", "__module__") == .returns("multiprocessing.managers"))
        #expect(space("__getattribute__", "__doc__") == .none)
        #expect(space("__getattribute__", "__init__").value != nil)
        #expect(space("__setattr__", "__doc__", "text") == .none)
        #expect(space("__getattribute__", "__doc__") == .returns("text"))
        #expect(
            space("__setattr__", "__class__", 5)
                == .raises("TypeError", "__class__ must be set to a class, not 'int' object"))
    }

    @Test func theWholeDictCanBeSet() {
        let space = store.make("Namespace", named: ["a": 1])
        #expect(
            space("__setattr__", "__dict__", 5)
                == .raises("TypeError", "__dict__ must be set to a dictionary, not a 'int'"))
        #expect(space("__setattr__", "__dict__", ["b": 2]) == .none)
        #expect(space.value == value(["b": 2]))
        #expect(space("__delattr__", "__dict__") == .none)
        #expect(space("__getattribute__", "__dict__") == .returns([:]))
    }

    @Test func itsTextIsSortedAndHidesPrivateNames() {
        let space = store.make("Namespace", named: ["z": 1, "a": "q\"'", "m": .none, "_hidden": 2])
        #expect(space.text == .returns("Namespace(a='q\"\\'', m=None, z=1)"))
        #expect(store.make("Namespace").text == .returns("Namespace()"))
    }

    @Test func itIsMadeOfKeywordsOnly() {
        #expect(
            store.verb("create", "Namespace", 1)
                == .traceback(
                    "TypeError: Namespace.__init__() takes 1 positional argument but 2 were given"))
        #expect(
            store.make("Namespace", named: ["self": 1])("__getattribute__", "self") == .returns(1))
    }
}
