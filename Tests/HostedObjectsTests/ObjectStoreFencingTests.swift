import Pickle
import Testing

/// Calls under tokens: an object refuses those that are older than one it has seen.
@Suite struct ObjectStoreFencingTests {
    private let store = TestStore()

    private func older(_ token: Int, _ younger: Int) -> Reply {
        .raises(
            "PermissionError",
            "the token \(token) is older than \(younger), which was here before")
    }

    @Test func anOlderTokenIsRefused() {
        let list = store.make("list")
        #expect(list("#FENCED", 5, "append", "a") == .none)
        #expect(list("#FENCED", 7, "append", "b") == .none)
        #expect(list("#FENCED", 5, "append", "c") == older(5, 7))
        #expect(list("#FENCED", 7, "append", "d") == .none)
        #expect(list.value == .returns(["a", "b", "d"]))
    }

    @Test func allMethodsOfAllTypesGoUnderTokens() {
        let dict = store.make("dict")
        #expect(dict("#FENCED", 3, "__setitem__", "a", 1) == .none)
        #expect(dict("#FENCED", 3, "get", "b", 9) == .returns(9))
        #expect(
            dict.client.send(dict.ident, "#FENCED", [3, "update"], ["c": 2]) == .none)
        #expect(dict("#FENCED", 3, "__str__") == .returns("{'a': 1, 'c': 2}"))
        #expect(dict("#FENCED", 2, "__str__") == older(2, 3))
        #expect(dict("#FENCED", 3, "#GETVALUE") == .returns(["a": 1, "c": 2]))
        let (queue, lock) = (store.make("Queue"), store.make("Lock"))
        #expect(queue("#FENCED", 1, "put", "x") == .none)
        #expect(queue("#FENCED", 1, "get") == .returns("x"))
        #expect(lock("#FENCED", 1, "acquire") == .returns(true))
        guard case .proxy = dict("#FENCED", 3, "__iter__") else {
            Issue.record("no iterator")
            return
        }
    }

    @Test func eachObjectHasItsOwnFence() {
        let (first, second) = (store.make("list"), store.make("list"))
        first("#FENCED", 9, "append", 1)
        #expect(second("#FENCED", 2, "append", 1) == .none)
    }

    @Test func whatIsRaisedRaisesTheFenceToo() {
        let list = store.make("list")
        #expect(list("#FENCED", 4, "pop") == .raises("IndexError", "pop from empty list"))
        #expect(list("#FENCED", 3, "append", 1) == older(3, 4))
        guard case .traceback(let line) = list("#FENCED", 6, "nothing") else {
            Issue.record("a method that is not there")
            return
        }
        #expect(line.hasPrefix("KeyError: 'nothing'"))
        #expect(list("#FENCED", 5, "append", 1) == older(5, 6))
    }

    @Test func callsWithoutATokenAreNotRefused() {
        let list = store.make("list")
        list("#FENCED", 4, "append", 1)
        #expect(list("append", 2) == .none)
    }

    @Test func whoWaitsUnderAnOlderTokenIsRefusedThen() {
        let queue = store.make("Queue", 1)
        let (old, young, plain) = (store.client(), store.client(), store.client())
        queue("put", "full")
        #expect(queue("#FENCED", 1, "put", "old", by: old) == .parked)
        #expect(queue("put", "plain", by: plain) == .parked)
        #expect(queue("#FENCED", 2, "put", "young", by: young) == .parked)
        #expect(old.mail == [older(1, 2)])
        #expect(queue("get") == .returns("full"))
        #expect(plain.mail == [.none])
        #expect(queue("get") == .returns("plain"))
        #expect(young.mail == [.none])
        #expect(queue("get") == .returns("young"))
        #expect(store.waitingCalls == 0)
    }

    @Test func theFenceOfAConditionIsNotThatOfItsLock() {
        let lock = store.make("Lock")
        let condition = store.make("Condition", lock.proxy(ofClass: "AcquirerProxy"))
        let (old, other) = (store.client(), store.client())
        lock("acquire")
        #expect(condition("#FENCED", 1, "acquire", by: old) == .parked)
        #expect(lock("#FENCED", 1, "acquire", by: other) == .parked)
        #expect(condition("#FENCED", 2, "locked") == .returns(true))
        #expect(old.mail == [older(1, 2)])
        #expect(other.mail == [])
    }

    @Test func whoWaitsForAConditionGetsItsLockBack() {
        let condition = store.make("Condition")
        let (alice, bob) = (store.client(), store.client())
        condition("acquire", by: alice)
        #expect(condition("#FENCED", 1, "wait", by: alice) == .parked)
        #expect(condition("#FENCED", 2, "acquire", by: bob) == .returns(true))
        #expect(alice.mail == [])
        condition("notify", by: bob)
        condition("release", by: bob)
        #expect(alice.mail == [.returns(true)])
    }

    @Test func theFenceGoesWithTheObject() {
        let store = TestStore()
        let list = store.make("list")
        list("#FENCED", 4, "append", 1)
        list.decref()
        #expect(store.make("list")("#FENCED", 1, "append", 1) == .none)
    }

    private static let refusals: [([PickleValue], String)] = [
        ([], "a token is an int that a grant has given"),
        (["1", "append", 1], "a token is an int that a grant has given"),
        ([-1, "append", 1], "a token is an int that a grant has given"),
        ([1], "#FENCED takes a token, a method's name and its arguments"),
        ([1, 2], "#FENCED takes a token, a method's name and its arguments"),
        ([1, "#FENCED", 2, "append", 1], "a call is made under one token"),
    ]

    @Test(arguments: refusals)
    func itHasItsForm(arguments: [PickleValue], text: String) {
        let list = store.make("list")
        #expect(list.client.send(list.ident, "#FENCED", arguments) == .raises("TypeError", text))
        #expect(list("__len__") == .returns(0))
    }

    @Test func itTravelsOnTaggedConnectionsToo() {
        let list = store.make("list")
        let client = TaggedClient(store)
        #expect(client.send(1, list, "#FENCED", 4, "append", 1) == [TaggedReply(1, Reply.none)])
        #expect(client.send(2, list, "#FENCED", 3, "append", 1) == [TaggedReply(2, older(3, 4))])
    }
}
