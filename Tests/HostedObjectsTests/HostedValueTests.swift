import Pickle
import Testing

@Suite struct HostedValueTests {
    private let store = TestStore()

    @Test func whatIsSetIsGot() {
        let value = store.make("Value", "i", 5)
        #expect(value("get") == .returns(5))
        #expect(value("set", "anything") == .none)
        #expect(value("get") == .returns("anything"))
        #expect(value("set", named: ["value": [7]]) == .none)
        #expect(value("get") == .returns([7]))
    }

    @Test func theTypeCodeIsKeptAndNotChecked() {
        #expect(store.make("Value", "i", 5).text == .returns("Value('i', 5)"))
        #expect(store.make("Value", .none, 5, false).text == .returns("Value(None, 5)"))
        #expect(
            store.make("Value", named: ["typecode": "c", "value": .bytes([0x78]), "lock": true])
                .text
                == .returns("Value('c', b'x')"))
    }

    @Test func itsValueIsAnInstance() {
        #expect(
            store.make("Value", "d", 1.5).value
                == .returns(
                    .newObject(
                        .global(module: "multiprocessing.managers", name: "Value"),
                        state: ["_typecode": "d", "_value": 1.5])))
    }

    @Test func itTakesATypeCodeAndAValue() {
        #expect(
            store.verb("create", "Value")
                == .traceback(
                    "TypeError: Value.__init__() missing 2 required positional arguments: "
                        + "'typecode' and 'value'"))
        #expect(
            store.verb("create", "Value", "i", 1, 2, 3)
                == .traceback(
                    "TypeError: Value.__init__() takes from 3 to 4 positional arguments "
                        + "but 5 were given"))
        #expect(
            store.make("Value", "i", 1)("get", 1)
                == .raises(
                    "TypeError", "Value.get() takes 1 positional argument but 2 were given"))
    }
}
