import Pickle
import Testing

@testable import HostedObjects

/// What clients may make the store grow to: what reaches a limit is taken, what is beyond it is
/// not, and others are served.
///
/// Bytes are in ``StoreMemoryTests``, what tagged connections keep in ``TaggedLimitsTests``, how
/// many objects in ``ObjectStoreVerbsTests``, how many leases in ``GrantingTests``.
@Suite struct StoreLimitsTests {
    // MARK: Calls that wait

    /// What makes a call wait, whatever for.
    struct Wait: Sendable, CustomTestStringConvertible {
        let typeid: String
        var size: Int?
        /// What somebody else has done before.
        var before: [String] = []
        /// What whoever waits does; the last of it waits.
        let calls: [String]
        /// Those of the last, and of what was done before.
        var arguments: [PickleValue] = []

        var testDescription: String { "\(typeid).\(calls.last ?? "")" }
    }

    private static let waits = [
        Wait(typeid: "Queue", calls: ["get"]),
        Wait(typeid: "Queue", size: 1, before: ["put"], calls: ["put"], arguments: [1]),
        Wait(typeid: "Lock", before: ["acquire"], calls: ["acquire"]),
        Wait(typeid: "Lock", before: ["acquire"], calls: ["acquire_token"]),
        Wait(typeid: "RLock", before: ["acquire"], calls: ["acquire"]),
        Wait(typeid: "Semaphore", size: 0, calls: ["acquire"]),
        Wait(typeid: "BoundedSemaphore", before: ["acquire"], calls: ["acquire_token"]),
        Wait(typeid: "Event", calls: ["wait"]),
        Wait(typeid: "Barrier", size: 9, calls: ["wait"]),
        Wait(typeid: "Condition", before: ["acquire"], calls: ["acquire"]),
        Wait(typeid: "Condition", calls: ["acquire", "wait"]),
    ]

    @Test(arguments: waits)
    func onlySoManyCallsWait(_ wait: Wait) {
        let store = TestStore { $0.waiters = 3 }
        let object =
            wait.size.map { store.make(wait.typeid, .int($0)) } ?? store.make(wait.typeid)
        for method in wait.before { object.client.send(object.ident, method, wait.arguments) }
        let callers = (0..<4).map { _ in store.client() }
        let last = { (caller: TestClient) in
            caller.send(object.ident, wait.calls.last ?? "", wait.arguments)
        }
        let ask = { (caller: TestClient) -> Reply in
            for method in wait.calls.dropLast() { caller.send(object.ident, method) }
            return last(caller)
        }
        for caller in callers.dropLast() { #expect(ask(caller) == .parked) }
        #expect(store.waitingCalls == 3)
        #expect(ask(callers[3]) == .overLimit("3 calls that wait"))
        #expect(store.takeReached(.waiters) == 1)
        #expect(store.waitingCalls == 3)
        // What need not wait is done, and who waits no more makes room.
        #expect(store.make("Lock")("acquire", by: store.client()) == .returns(true))
        callers[0].disconnect()
        #expect(last(callers[3]) == .parked)
    }

    // MARK: Elements

    /// How one element more comes into an object of eight.
    struct Growth: Sendable, CustomTestStringConvertible {
        let typeid: String
        let method: String
        let arguments: @Sendable (_ element: Int) -> [PickleValue]

        var testDescription: String { "\(typeid).\(method)" }
    }

    private static let growths = [
        Growth(typeid: "list", method: "append") { [.int($0)] },
        Growth(typeid: "list", method: "insert") { [0, .int($0)] },
        Growth(typeid: "list", method: "extend") { [[.int($0)]] },
        Growth(typeid: "list", method: "__setitem__") { [.slice(3, 3), [.int($0)]] },
        Growth(typeid: "dict", method: "__setitem__") { [.int($0), 0] },
        Growth(typeid: "dict", method: "setdefault") { [.int($0)] },
        Growth(typeid: "dict", method: "update") { [[.tuple([.int($0), 0])]] },
        Growth(typeid: "dict", method: "__ior__") { [.dict([(key: .int($0), value: 0)])] },
        Growth(typeid: "set", method: "add") { [.int($0)] },
        Growth(typeid: "set", method: "update") { [[0, .int($0)]] },
        Growth(typeid: "set", method: "__ior__") { [.set([0, .int($0)])] },
        Growth(typeid: "set", method: "symmetric_difference_update") { [[.int($0)]] },
        Growth(typeid: "set", method: "__ixor__") { [.set([.int($0)])] },
    ]

    @Test(arguments: growths)
    func whatGrowsHasNoMoreElementsThanItMay(_ growth: Growth) {
        let store = TestStore { $0.elements = 10 }
        let elements = (0..<8).map { number in
            growth.typeid == "dict" ? PickleValue.tuple([.int(number), 0]) : .int(number)
        }
        let object = store.make(growth.typeid, .list(elements))
        let grow = { (element: Int) -> Reply in
            object.client.send(object.ident, growth.method, growth.arguments(element))
        }
        for count in 9...10 {
            #expect(grow(count) != Reply.overLimit("10 elements"))
            #expect(object("__len__") == .returns(.int(count)))
        }
        let before = (object.text, store.heldBytes)
        #expect(grow(11) == .overLimit("10 elements"))
        #expect(object.text == before.0)
        #expect(store.heldBytes == before.1)
        #expect(store.takeReached(.elements) == 1)
        // What is there already is no more, and others are served.
        if growth.typeid != "list" { #expect(object("__contains__", 10) == .returns(true)) }
        #expect(store.make("list")("append", 1) == .none)
        object("clear")
        #expect(grow(11) != Reply.overLimit("10 elements"))
    }

    @Test(arguments: [(9, false), (10, false), (11, true)])
    func aRepetitionHasNoMoreElementsThanAListMay(times: Int, isRefused: Bool) {
        let store = TestStore { $0.elements = 10 }
        let list = store.make("list", [7])
        #expect((list("__imul__", .int(times)) == .overLimit("10 elements")) == isRefused)
        #expect(list("__len__") == .returns(.int(isRefused ? 1 : times)))
        #expect(store.make("list", [7])("__imul__", 2) != Reply.overLimit("10 elements"))
    }

    // MARK: Queues

    /// A queue's own limit makes a `put` wait, the server's refuses it, whichever comes first.
    @Test(arguments: [
        ("Queue", 0), ("Queue", 3), ("Queue", 4), ("Queue", 2), ("JoinableQueue", 0),
    ])
    func aQueueHasNoMoreItemsThanItMay(typeid: String, maxsize: Int) {
        let store = TestStore { $0.queueLength = 3 }
        let queue = store.make(typeid, .int(maxsize))
        let most = maxsize == 2 ? 2 : 3
        for item in 1...most { #expect(queue("put", .int(item)) == .none) }
        let isWaiting = maxsize == 2 || maxsize == 3
        let putter = store.client()
        let reply = queue("put", 9, by: putter)
        #expect(reply == (isWaiting ? .parked : Reply.overLimit("3 items a queue")))
        #expect(queue("qsize") == .returns(.int(most)))
        #expect(store.takeReached(.queueLength) == (isWaiting ? 0 : 1))
        #expect(store.make(typeid)("put", 1) == .none)
        #expect(queue("get") == .returns(1))
        #expect(putter.mail == (isWaiting ? [.none] : []))
        if !isWaiting {
            #expect(queue("put_nowait", 9) == .none)
            #expect(queue("put_nowait", 9) == .overLimit("3 items a queue"))
        }
        #expect(queue("qsize") == .returns(.int(most)))
    }

    // MARK: Leases

    @Test(arguments: [(9.5, false), (10, false), (10.5, true)])
    func aLeaseIsNoLongerThanItMay(seconds: Double, isRefused: Bool) {
        let store = TestStore { $0.longestLease = 10 }
        let refusal = Reply.raises("ValueError", "over the limit: a lease of 10.0 seconds")
        let lock = store.make("Lock")
        let reply = lock("acquire_token", true, .none, .float(seconds))
        #expect(reply == (isRefused ? refusal : .returns(1)))
        let other = store.make("Lock")
        guard case .returns(let token) = other("acquire_token", true, .none, 1) else {
            Issue.record("no other lock")
            return
        }
        #expect(other("renew_token", token, .float(seconds)) == (isRefused ? refusal : .none))
        // A lease lasts as long as it has been given.
        store.advance(seconds: isRefused ? 0.5 : seconds - 0.5)
        #expect(other("acquire", false) == .returns(false))
        store.advance(seconds: 0.5)
        #expect(other("acquire", false) == .returns(true))
    }

    // MARK: Strays

    /// An object that nobody counts any more, and of which a proxy was given to another.
    @Test func aStrayIsKeptForItsGrace() {
        let store = TestStore { $0.strayGrace = 8 }
        let (inner, outer) = (store.make("list"), store.make("list"))
        outer("__contains__", inner.proxy)
        inner.decref()
        for seconds in [7.5, 0.25] {
            store.advance(seconds: seconds)
            #expect(store.objectCount == 2)
        }
        #expect(outer("__len__") == .returns(0))
        store.advance(seconds: 0.25)
        #expect(store.objectCount == 1)
    }
    /// Of processes behind a network it is never sure that nobody counts what they did.
    @Test func whatMayBeCountedIsKeptForALongerGrace() {
        let store = TestStore {
            $0.strayGrace = 8
            $0.doubtfulGrace = 24
            $0.orphanGrace = 0
        }
        let host = Origin.host(HostAddress([127, 0, 0, 1]))
        let list = store.make("list")
        list.incref(from: host)
        list.decref()
        let client = store.client(from: host, named: "MainProcess")
        #expect(list("append", 1, by: client) == .none)
        client.disconnect()
        #expect(store.numberOfObjects == .returns(0))
        for seconds in [8, 8, 7.75] {
            store.advance(seconds: seconds)
            #expect(store.objectCount == 1)
        }
        #expect(store.make("Lock")("acquire") == .returns(true))
        let others = store.objectCount - 1
        store.advance(seconds: 0.25)
        #expect(store.objectCount == others)
    }
}
