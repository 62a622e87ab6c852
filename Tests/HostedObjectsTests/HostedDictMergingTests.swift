import Pickle
import Testing

@testable import HostedObjects

@Suite struct HostedDictMergingTests {
    private let store = TestStore()
    private let dict: TestObject

    init() {
        dict = store.make("dict", [1: "a", 2: "b"])
    }

    @Test func twoDictsAreMerged() {
        #expect(dict("__or__", [2: "c", 3: "d"]) == .returns([1: "a", 2: "c", 3: "d"]))
        #expect(dict("__ror__", [2: "c", 3: "d"]) == .returns([2: "b", 3: "d", 1: "a"]))
        #expect(dict.value == .returns([1: "a", 2: "b"]))
        #expect(
            dict("__or__", []) == .returns(.global(module: "builtins", name: "NotImplemented")))
    }

    @Test func itIsMergedInPlaceWithWhatItCanBeUpdatedWith() {
        #expect(dict("__ior__", [.tuple([3, "c"])]) == .returns([1: "a", 2: "b", 3: "c"]))
        #expect(dict("__len__") == .returns(3))
        #expect(dict("__ior__", 5) == .raises("TypeError", "'int' object is not iterable"))
    }

    @Test func itsKeysAreGoneThroughBackwards() {
        #expect(
            dict("__reversed__")
                == .returns(.reduce(.global(module: "builtins", name: "iter"), [[2, 1]])))
    }

    @Test func aNewDictIsMadeOfKeys() {
        #expect(dict("fromkeys", [5, 6]) == .returns([5: .none, 6: .none]))
        #expect(dict("fromkeys", "ab", 0) == .returns(["a": 0, "b": 0]))
        #expect(dict("fromkeys", [[]]) == .raises("TypeError", "unhashable type: 'list'"))
    }

    @Test func whatOnlyNewPythonsExposeIsNotListed() {
        #expect(HostedDict.methods.exposed.count == 16)
        #expect(HostedList.methods.exposed.count == 19)
        #expect(HostedLock.methods.exposed == ["acquire", "release"])
        let list = store.make("list", [1])
        #expect(list("copy") == .returns([1]))
        #expect(list("clear") == .none)
        #expect(list("__len__") == .returns(0))
        #expect(store.make("Lock")("locked") == .returns(false))
        #expect(store.make("RLock")("locked") == .returns(false))
    }
}
