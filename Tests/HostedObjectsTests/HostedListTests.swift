import Pickle
import Testing

@Suite struct HostedListTests {
    private let store = TestStore()

    private func list(_ items: PickleValue...) -> TestObject { store.make("list", .list(items)) }

    @Test func itExposesWhatCPythonDoes() throws {
        let reply = store.verb("create", "list")
        guard case .tuple(let parts) = try #require(reply.value).kind else {
            Issue.record("\(reply)")
            return
        }
        let names = [
            "__add__", "__contains__", "__delitem__", "__getitem__", "__len__", "__mul__",
            "__reversed__", "__rmul__", "__setitem__", "append", "count", "extend", "index",
            "insert", "pop", "remove", "reverse", "sort", "__imul__",
        ]
        #expect(parts[1] == .tuple(names.map { .str($0) }))
    }

    @Test func itIsMadeOfAnythingThatCanBeGoneThrough() {
        #expect(store.make("list").value == .returns([]))
        #expect(store.make("list", .tuple([1, "a"])).value == .returns([1, "a"]))
        #expect(store.make("list", "aé😀").value == .returns(["a", "é", "😀"]))
        #expect(store.make("list", .bytes([1, 255])).value == .returns([1, 255]))
        #expect(store.make("list", ["k": 1, "l": 2]).value == .returns(["k", "l"]))
        #expect(store.make("list", .range(5, -5, -3)).value == .returns([5, 2, -1, -4]))
    }

    @Test func itIsMadeOfOneThing() {
        #expect(
            store.verb("create", "list", 5) == .traceback("TypeError: 'int' object is not iterable")
        )
        #expect(
            store.verb("create", "list", 1, 2)
                == .traceback("TypeError: list expected at most 1 argument, got 2"))
        #expect(
            store.verb("create", "list", named: ["x": 1])
                == .traceback("TypeError: list() takes no keyword arguments"))
    }

    @Test func appendAndPopWorkAtTheEnd() {
        let list = list()
        for item in 0..<100 { #expect(list("append", .int(item)) == .none) }
        for item in (0..<100).reversed() { #expect(list("pop") == .returns(.int(item))) }
        #expect(list("pop") == .raises("IndexError", "pop from empty list"))
        #expect(list("pop", 0) == .raises("IndexError", "pop from empty list"))
    }

    @Test func popTakesAnIndex() {
        let list = list(0, 1, 2, 3)
        #expect(list("pop", 0) == .returns(0))
        #expect(list("pop", -1) == .returns(3))
        #expect(list("pop", true) == .returns(2))
        #expect(list("pop", 100) == .raises("IndexError", "pop index out of range"))
        #expect(list("pop", -2) == .raises("IndexError", "pop index out of range"))
        #expect(
            list("pop", .power(of: 63))
                == .raises("OverflowError", "Python int too large to convert to C ssize_t"))
        #expect(
            list("pop", "0")
                == .raises("TypeError", "'str' object cannot be interpreted as an integer"))
        #expect(list("pop", 1, 2) == .raises("TypeError", "pop expected at most 1 argument, got 2"))
        #expect(list.value == .returns([1]))
    }

    @Test func insertClampsItsIndex() {
        let list = list("b")
        #expect(list("insert", 100, "c") == .none)
        #expect(list("insert", -100, "a") == .none)
        #expect(list("insert", -1, "b2") == .none)
        #expect(list.value == .returns(["a", "b", "b2", "c"]))
        #expect(
            list("insert", .power(of: 100, negative: true), 1)
                == .raises("OverflowError", "Python int too large to convert to C ssize_t"))
        #expect(list("insert", 0) == .raises("TypeError", "insert expected 2 arguments, got 1"))
    }

    @Test func extendTakesAnyIterable() {
        let list = list()
        #expect(list("extend", "ab") == .none)
        #expect(list("extend", .range(2)) == .none)
        #expect(list("extend", ["k": 1]) == .none)
        #expect(list.value == .returns(["a", "b", 0, 1, "k"]))
        #expect(list("extend", 5) == .raises("TypeError", "'int' object is not iterable"))
        #expect(
            list("extend")
                == .raises("TypeError", "list.extend() takes exactly one argument (0 given)"))
    }

    @Test func itCanBeExtendedByItself() {
        let list = list(1, 2)
        #expect(list("extend", list.proxy) == .none)
        #expect(list.value == .returns([1, 2, 1, 2]))
        #expect(list("__setitem__", .slice(1, 1), list.proxy) == .none)
        #expect(list.value == .returns([1, 1, 2, 1, 2, 2, 1, 2]))
    }

    @Test func itCanBeExtendedByAnotherList() {
        let list = list(1)
        #expect(list("extend", store.make("list", [2, 3]).proxy) == .none)
        #expect(list("extend", store.make("dict", ["k": 1]).proxy) == .none)
        #expect(list.value == .returns([1, 2, 3, "k"]))
        let lock = store.make("Lock").proxy(ofClass: "AcquirerProxy")
        #expect(
            list("extend", lock) == .raises("TypeError", "'AcquirerProxy' object is not iterable"))
    }

    @Test func reversingReverses() {
        let list = list(1, 2, 3)
        #expect(list("reverse") == .none)
        #expect(list.value == .returns([3, 2, 1]))
        #expect(
            list("__reversed__")
                == .returns(.reduce(.builtin("reversed"), [[3, 2, 1]], state: 2)))
        #expect(self.list()("__reversed__") == .returns(.reduce(.builtin("reversed"), [[]])))
    }

    @Test func lenTakesNothing() {
        let list = list(1, 2)
        #expect(list("__len__") == .returns(2))
        #expect(list("__len__", 1) == .raises("TypeError", "expected 0 arguments, got 1"))
        #expect(
            list("__len__", named: ["x": 1])
                == .raises("TypeError", "wrapper __len__() takes no keyword arguments"))
    }

    @Test func itIsShownAsPythonShowsIt() {
        let list = list(1, "a", .none, [2.5], .tuple([1]))
        #expect(list.text == .returns("[1, 'a', None, [2.5], (1,)]"))
        #expect(store.make("list", .recursiveList).text == .returns("[1, [1, [...]]]"))
    }

    @Test func aNestedProxyIsShownByItsClass() {
        let inner = list(1)
        #expect(
            list(inner.proxy).text
                == .returns(.str("[<ListProxy object, typeid 'list' at 0x\(inner.ident)>]")))
    }
}
