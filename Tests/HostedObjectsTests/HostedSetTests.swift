import Pickle
import Testing

@testable import HostedObjects

@Suite struct HostedSetTests {
    private let store = TestStore()
    private let set: TestObject

    private static let notImplemented = PickleValue.global(
        module: "builtins", name: "NotImplemented")

    init() {
        set = store.make("set", [1, 2, 3])
    }

    @Test func anElementIsThereOnce() {
        #expect(store.make("set", [1, 1.0, .bool(true), "a", "a"])("__len__") == .returns(2))
        #expect(set("add", 4) == .none)
        #expect(set("add", 1.0) == .none)
        #expect(set.value == .returns(.set([1, 2, 3, 4])))
        #expect(set("__contains__", 2.0) == .returns(true))
        #expect(set("__contains__", "2") == .returns(false))
    }

    @Test func elementsGo() {
        #expect(set("discard", 5) == .none)
        #expect(set("remove", 5) == .raises("KeyError", [5]))
        #expect(set("remove", 1) == .none)
        #expect(set("pop") == .returns(3))
        #expect(set("pop") == .returns(2))
        #expect(set("pop") == .raises("KeyError", "pop from an empty set"))
        #expect(set.text == .returns("set()"))
        set("add", 1)
        #expect(set("clear") == .none)
        #expect(set("__len__") == .returns(0))
    }

    @Test func operatorsTakeSetsOnly() {
        #expect(set("__and__", .set([2, 3, 4])) == .returns(.set([2, 3])))
        #expect(set("__or__", .frozenset([4])) == .returns(.set([1, 2, 3, 4])))
        #expect(set("__sub__", .set([1])) == .returns(.set([2, 3])))
        #expect(set("__xor__", .set([3, 4])) == .returns(.set([1, 2, 4])))
        #expect(set("__and__", [1]) == .returns(Self.notImplemented))
        #expect(set("__ior__", [1]) == .returns(Self.notImplemented))
        #expect(set("__lt__", [1]) == .returns(Self.notImplemented))
        #expect(set("__and__", set.proxy) == .returns(Self.notImplemented))
    }

    @Test func theOtherOperandMayBeTheLeftOne() {
        #expect(set("__rsub__", .set([1, 9])) == .returns(.set([9])))
        #expect(set("__rand__", .frozenset([1, 9])) == .returns(.frozenset([1])))
        #expect(set("__rxor__", .frozenset([1])) == .returns(.frozenset([2, 3])))
        #expect(set("__ror__", .set([4])) == .returns(.set([4, 1, 2, 3])))
    }

    @Test func operatorsInPlaceChangeIt() {
        #expect(set("__ior__", .set([4])) == .returns(.set([1, 2, 3, 4])))
        #expect(set("__iand__", .set([1, 2, 4])) == .returns(.set([1, 2, 4])))
        #expect(set("__isub__", .set([1])) == .returns(.set([2, 4])))
        #expect(set("__ixor__", .set([2, 5])) == .returns(.set([4, 5])))
        #expect(set.value == .returns(.set([4, 5])))
    }

    @Test func setsAreCompared() {
        #expect(set("__le__", .set([1, 2, 3])) == .returns(true))
        #expect(set("__lt__", .set([1, 2, 3])) == .returns(false))
        #expect(set("__lt__", .set([1, 2, 3, 4])) == .returns(true))
        #expect(set("__ge__", .set([1])) == .returns(true))
        #expect(set("__gt__", .set([1, 2, 3])) == .returns(false))
        #expect(set("issubset", [1, 2, 3, 4]) == .returns(true))
        #expect(set("issuperset", [1, 5]) == .returns(false))
        #expect(set("isdisjoint", [5]) == .returns(true))
    }

    /// As in CPython: of those that are equal, the ones of the set that is gone through.
    @Test func anIntersectionHasTheElementsOfTheSmallerSet() {
        let floats: [PickleValue] = [.float(1), .float(2), .float(3), .float(4)]
        let (two, three, four) = (floats.prefix(2), floats.prefix(3), floats)
        func reply(_ method: String, _ other: PickleValue) -> String {
            guard case .returns(let value) = set(method, other) else { return "an error" }
            return value.repr(limit: 100)
        }
        #expect(reply("__and__", .set(Array(two))) == "{1.0, 2.0}")
        #expect(reply("__and__", .set(Array(three))) == "{1.0, 2.0, 3.0}")
        #expect(reply("__and__", .set(four)) == "{1, 2, 3}")
        #expect(reply("__rand__", .set(Array(two))) == "{1.0, 2.0}")
        #expect(reply("__rand__", .set(Array(three))) == "{1, 2, 3}")
        #expect(reply("intersection", .frozenset(four)) == "{1, 2, 3}")
        #expect(reply("intersection", .list(four)) == "{1.0, 2.0, 3.0}")
        let other = store.make("set", .list(four))
        #expect(reply("intersection", other.proxy) == "{1, 2, 3}")
        #expect(set("__iand__", .set(Array(two))) == .returns(.set([.float(1), .float(2)])))
        #expect(set.text == .returns("{1.0, 2.0}"))
    }

    @Test func methodsTakeWhateverCanBeGoneThrough() {
        #expect(set("union", [4], "a") == .returns(.set([1, 2, 3, 4, "a"])))
        #expect(set("intersection", [1, 2], [2]) == .returns(.set([2])))
        #expect(set("difference", [1], [2]) == .returns(.set([3])))
        #expect(set("symmetric_difference", [3, 4]) == .returns(.set([1, 2, 4])))
        #expect(set("union", set.proxy) == .returns(.set([1, 2, 3])))
        #expect(set("union", 5) == .raises("TypeError", "'int' object is not iterable"))
        #expect(set("update", [4, []]) == .raises("TypeError", "unhashable type: 'list'"))
        #expect(set("__contains__", 4) == .returns(true))
        #expect(set("intersection_update", [1, 4]) == .none)
        #expect(set("symmetric_difference_update", [1]) == .none)
        #expect(set("difference_update", []) == .none)
        #expect(set.value == .returns(.set([4])))
        #expect(store.make("list", set.proxy).value == .returns([4]))
    }

    @Test func aSetIsLookedForAsAFrozenset() {
        set("add", .frozenset([1]))
        #expect(set("__contains__", .set([1])) == .returns(true))
        #expect(set("add", .set([1])) == .raises("TypeError", "unhashable type: 'set'"))
        #expect(set("remove", .set([7])) == .raises("KeyError", [.set([7])]))
        #expect(set("discard", .set([1])) == .none)
        #expect(set("__len__") == .returns(3))
    }

    @Test func itExposesWhatSetProxyDoes() {
        #expect(HostedSet.methods.exposed.count == 37)
        #expect(set("__iter__").value?.repr().contains("iter") == true)
        #expect(set.text == .returns("{1, 2, 3}"))
    }

    @Test func anArgumentOfItsClassMakesAnAlias() {
        let name = PickleValue.global(module: "builtins", name: "int")
        let alias = PickleValue.reduce(
            .global(module: "types", name: "GenericAlias"),
            [.global(module: "builtins", name: "set"), .tuple([name])])
        #expect(set("__class_getitem__", name) == .returns(alias))
        #expect(set("__class_getitem__", .tuple([name])) == .returns(alias))
    }
}
