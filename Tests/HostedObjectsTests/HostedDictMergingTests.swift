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

    /// One text of 100 kB, referred to from 5,000 entries or elements: values of a dict share it,
    /// what each has by itself is refused.
    @Test func oneTextManyTimesIsKeptOnceOrRefused() throws {
        let text = PickledValue.str(String(repeating: "x", count: 100_000)).body
        let numbers = (0..<5000).map { PickledValue.int($0).body }
        let entries = [UInt8](numbers.map { $0 + [0x68, 0] }.joined())
        // MARK 'x…' BINPUT 0 BINGET 0, then the numbers with the text.
        let opening: [UInt8] = [0x7D, 0x28] + text + [0x71, 0, 0x68, 0]
        let other = try PickleValue(body: opening + entries + [0x75])
        let pairs = [UInt8](numbers.map { $0 + [0x68, 0, 0x86] }.joined())
        let first: [UInt8] = [0x8F, 0x28] + text + [0x71, 0]
        let elements = try PickleValue(body: first + pairs + [0x90])
        let refused = Reply.raises("MemoryError", "over the limit: 268435456 bytes of items")
        for method in ["__or__", "__ror__"] {
            guard case .dict(let merged)? = dict(method, other).value?.kind else {
                Issue.record("no dict")
                return
            }
            #expect(merged.count == 5001)
        }
        #expect(
            dict("fromkeys", .range(0, 5000), .str(String(repeating: "x", count: 100_000)))
                == refused)
        let before = store.heldBytes
        #expect(dict("update", other) == .none)
        #expect(dict("__len__") == .returns(5001))
        #expect(store.heldBytes - before < 3_000_000)
        let set = store.make("set", [1])
        for name in ["__or__", "__ror__", "__ior__", "__and__", "update", "union", "__lt__"] {
            #expect(set(name, elements) == refused)
        }
        #expect(set("__len__") == .returns(1))
    }

    /// Each alone would fit.
    @Test func allArgumentsTogetherAreRefusedToo() throws {
        let text = PickledValue.str(String(repeating: "x", count: 100_000)).body
        let references = [UInt8]([[UInt8]](repeating: [0x68, 0], count: 1500).joined())
        // ] MARK 'x…' BINPUT 0, then BINGET 0 again and again.
        let opening: [UInt8] = [0x5D, 0x28] + text + [0x71, 0]
        let list = try PickleValue(body: opening + references + [0x65])
        let set = store.make("set", [1])
        for name in ["difference", "intersection", "union", "intersection_update"] {
            #expect(set(name, list).value != nil)
            #expect(
                set(name, list, list)
                    == .raises("MemoryError", "over the limit: 268435456 bytes of items"))
        }
        #expect(set("__len__") == .returns(0))
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
