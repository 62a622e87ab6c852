import Testing

@testable import Managers

@Suite struct RepeatableCallsTests {
    @Test func whatOnlyLooksMayBeRepeated() {
        #expect(RepeatableCalls.contains("__getitem__", of: "DictProxy"))
        #expect(RepeatableCalls.contains("__str__", of: "EventProxy"))
        #expect(RepeatableCalls.contains("get", of: "ValueProxy"))
    }

    @Test func whatChangesSomethingMayNot() {
        for method in ["pop", "popitem", "setdefault", "update", "__setitem__", "clear"] {
            #expect(!RepeatableCalls.contains(method, of: "DictProxy"))
        }
        #expect(!RepeatableCalls.contains("acquire", of: "AcquirerProxy"))
        #expect(!RepeatableCalls.contains("__next__", of: "IteratorProxy"))
    }

    /// `get` of a queue takes an item away.
    @Test func nobodyKnowsWhatOtherTypesDo() {
        #expect(!RepeatableCalls.contains("get", of: "AutoProxy"))
        #expect(!RepeatableCalls.contains("__str__", of: "AutoProxy"))
    }
}
