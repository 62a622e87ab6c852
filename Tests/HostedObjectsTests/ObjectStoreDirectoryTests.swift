import Pickle
import Testing

@testable import HostedObjects

/// Named objects.
@Suite struct ObjectStoreDirectoryTests {
    private let store = TestStore()

    /// As `register('jobs', callable=lambda: jobs)` has it.
    @Test func aSharedObjectTakesNoArguments() throws {
        try store.share("jobs", as: "JoinableQueue")
        #expect(
            store.verb("create", "jobs", 5)
                == .traceback("TypeError: jobs() takes 0 positional arguments but 1 was given"))
        #expect(
            store.verb("create", "jobs", 5, 6)
                == .traceback("TypeError: jobs() takes 0 positional arguments but 2 were given"))
        #expect(
            store.verb("create", "jobs", named: ["maxsize": 5])
                == .traceback("TypeError: jobs() got an unexpected keyword argument 'maxsize'"))
        #expect(store.make("jobs")("qsize") == .returns(0))
    }

    @Test func aSharedTypeidIsAlwaysTheSameObject() throws {
        try store.share("jobs", as: "JoinableQueue")
        let one = store.make("jobs")
        one("put", 5)
        one.decref()
        let two = store.make("jobs")
        #expect(one.ident == two.ident)
        #expect(two("get") == .returns(5))
        #expect(throws: Failure.self) { try store.share("jobs", as: "list") }
        #expect(throws: Failure.self) { try store.share("dict", as: "list") }
        #expect(throws: Failure.self) { try store.share("x", as: "no such type") }
    }

    @Test func anObjectIsFoundOrMadeByItsName() {
        let one = store.make("shared", "dict", "config", ["a": 1])
        let two = store.make("shared", "dict", "config", ["a": 2])
        #expect(one.ident == two.ident)
        #expect(two.value == .returns(["a": 1]))
        #expect(
            store.verb("create", "shared", "list", "config")
                == .traceback("TypeError: 'config' is a dict, not a list"))
        #expect(
            store.verb("create", "shared", "no such type", "x")
                == .traceback("KeyError: 'no such type'"))
        #expect(
            store.verb("create", "shared", "dict")
                == .traceback("TypeError: shared() takes a typeid and a name, both str"))
    }

    /// Swift's strings would be equal: Python's are not.
    @Test func namesThatOnlyLookAlikeAreDifferent() {
        let one = store.make("shared", "list", "caf\u{E9}")
        let two = store.make("shared", "list", "cafe\u{301}")
        #expect(one.ident != two.ident)
        store.make("unshared", "cafe\u{301}").decref()
        #expect(store.make("shared", "list", "caf\u{E9}").ident == one.ident)
        #expect(store.make("shared", "list", "cafe\u{301}").ident != two.ident)
    }

    @Test func aNamedObjectOutlivesItsProxies() {
        let object = store.make("shared", "list", "l")
        object("append", 1)
        object.decref()
        for _ in 0..<5 { store.advance(seconds: 60) }
        #expect(store.numberOfObjects == .returns(0))
        #expect(store.make("shared", "list", "l").value == .returns([1]))
    }

    @Test func anObjectThatLosesItsNameLivesAsOthersDo() {
        let object = store.make("shared", "list", "l")
        object.decref()
        let last = store.make("unshared", "l")
        #expect(last.ident == object.ident)
        #expect(store.make("shared", "list", "l").ident != object.ident)
        #expect(last.isThere)
        last.decref()
        for _ in 0..<3 { store.advance(seconds: 60) }
        #expect(!last.isThere)
        #expect(store.verb("create", "unshared", "x") == .traceback("KeyError: 'x'"))
    }

    @Test func whatANamedObjectHoldsStays() {
        let inner = store.make("list")
        store.make("shared", "dict", "d")("__setitem__", "k", inner.proxy)
        inner.decref()
        for _ in 0..<3 { store.advance(seconds: 60) }
        #expect(inner.isThere)
    }
}
