import Pickle
import Testing

@Suite struct HostedQueueTests {
    private let store = TestStore()
    private let alice: TestClient
    private let bob: TestClient
    private let carol: TestClient
    private let empty = Reply.raises("_queue.Empty", [])
    private let full = Reply.raises("queue.Full", [])

    init() {
        alice = store.client()
        bob = store.client()
        carol = store.client()
    }

    @Test func itemsComeInTheOrderOfTheirGoing() {
        let queue = store.make("Queue")
        for item in ["a", .none, [1, 2]] as [PickleValue] { #expect(queue("put", item) == .none) }
        #expect(queue("qsize") == .returns(3))
        #expect(queue("get") == .returns("a"))
        #expect(queue("get_nowait") == .none)
        #expect(queue("get", true, 5) == .returns([1, 2]))
        #expect(queue("empty") == .returns(true))
    }

    @Test func anEmptyQueueLetsItsGettersWait() {
        let queue = store.make("Queue")
        #expect(queue("get", by: alice) == .parked)
        #expect(queue("get", by: bob) == .parked)
        queue("put", 1, by: carol)
        queue("put", 2, by: carol)
        #expect(alice.mail == [.returns(1)])
        #expect(bob.mail == [.returns(2)])
        #expect(queue("qsize") == .returns(0))
    }

    @Test func aGetEndsWithItsTimeout() {
        let queue = store.make("Queue")
        #expect(queue("get", false) == empty)
        #expect(queue("get_nowait") == empty)
        #expect(queue("get", true, 0) == empty)
        #expect(queue("get", named: ["timeout": 1.5], by: alice) == .parked)
        store.advance(seconds: 1.5)
        #expect(alice.mail == [empty])
        queue("put", 1)
        #expect(alice.mail == [])
        #expect(queue("qsize") == .returns(1))
    }

    @Test func aFullQueueLetsItsPuttersWait() {
        let queue = store.make("Queue", 1)
        queue("put", 1)
        #expect(queue("full") == .returns(true))
        #expect(queue("put", 2, by: alice) == .parked)
        #expect(queue("put", 3, by: bob) == .parked)
        #expect(queue("get") == .returns(1))
        #expect(alice.mail == [.none])
        #expect(bob.mail == [])
        #expect(queue("get") == .returns(2))
        #expect(bob.mail == [.none])
        #expect(queue("get") == .returns(3))
    }

    @Test func aPutEndsWithItsTimeout() {
        let queue = store.make("Queue", named: ["maxsize": 1])
        queue("put", 1)
        #expect(queue("put_nowait", 2) == full)
        #expect(queue("put", 2, false) == full)
        #expect(queue("put", 2, true, 3, by: alice) == .parked)
        store.advance(seconds: 3)
        #expect(alice.mail == [full])
        #expect(queue("get") == .returns(1))
        #expect(queue("get", false) == empty)
    }

    @Test func whoIsGoneWhileWaitingTakesNothing() {
        let queue = store.make("Queue")
        #expect(queue("get", by: alice) == .parked)
        #expect(queue("get", by: bob) == .parked)
        alice.disconnect()
        queue("put", 1)
        #expect(bob.mail == [.returns(1)])
        #expect(alice.mail == [])
    }

    @Test func whoIsGoneWhileWaitingPutsNothing() {
        let queue = store.make("Queue", 1)
        queue("put", 1)
        #expect(queue("put", 2, by: alice) == .parked)
        #expect(queue("put", 3, by: bob) == .parked)
        alice.disconnect()
        #expect(queue("get") == .returns(1))
        #expect(queue("get") == .returns(3))
    }

    // MARK: Replies that are lost

    @Test func anItemWhoseReplyIsLostIsFirstAgain() {
        let queue = store.make("Queue")
        for item in 1...3 { queue("put", .int(item)) }
        #expect(queue("get", by: alice) == .returns(1))
        store.lose(alice)
        #expect(queue("get", by: bob) == .returns(1))
        #expect(queue("get", by: bob) == .returns(2))
    }

    @Test(arguments: [true, false])
    func twoItemsComeBackToTheirPlaces(isAliceFirst: Bool) {
        let queue = store.make("Queue")
        for item in 1...3 { queue("put", .int(item)) }
        queue("get", by: alice)
        queue("get", by: bob)
        for client in isAliceFirst ? [alice, bob] : [bob, alice] { store.lose(client) }
        for item in 1...3 { #expect(queue("get") == .returns(.int(item))) }
    }

    @Test func anItemThatComesBackGoesToWhoWaits() {
        let queue = store.make("Queue")
        #expect(queue("get", by: alice) == .parked)
        #expect(queue("get", by: bob) == .parked)
        queue("put", 1)
        #expect(alice.mail == [.returns(1)])
        store.lose(alice)
        #expect(bob.mail == [.returns(1)])
    }

    @Test func anItemThatComesBackMayOverfillTheQueue() {
        let queue = store.make("Queue", 1)
        queue("put", 1)
        #expect(queue("put", 2, by: bob) == .parked)
        #expect(queue("get", by: alice) == .returns(1))
        #expect(bob.mail == [.none])
        store.lose(alice)
        #expect(queue("qsize") == .returns(2))
        #expect(queue("put_nowait", 3) == full)
        #expect(queue("get") == .returns(1))
        #expect(queue("get") == .returns(2))
    }

    // MARK: Joining

    @Test func joinWaitsUntilAllIsDone() {
        let queue = store.make("JoinableQueue")
        #expect(queue("join") == .none)
        queue("put", 1)
        queue("put", 2)
        #expect(queue("join", by: alice) == .parked)
        #expect(queue("task_done") == .none)
        #expect(alice.mail == [])
        #expect(queue("task_done") == .none)
        #expect(alice.mail == [.none])
        #expect(
            queue("task_done") == .raises("ValueError", "task_done() called too many times"))
    }

    // MARK: How many

    @Test func aSizeBelowOneIsNoLimit() {
        for size in [0, -5, false, -1.5] as [PickleValue] {
            let queue = store.make("Queue", size)
            queue("put", 1)
            #expect(queue("full") == .returns(false))
        }
    }

    @Test func aSizeMayBeAnyNumber() {
        let queue = store.make("Queue", 1.5)
        queue("put", 1)
        #expect(queue("full") == .returns(false))
        queue("put", 2)
        #expect(queue("full") == .returns(true))
        #expect(queue("put_nowait", 3) == full)
    }

    @Test func aSizeThatIsNoNumberShowsWhenItIsUsed() {
        let queue = store.make("Queue", "a")
        #expect(
            queue("put", 1)
                == .raises("TypeError", "'>' not supported between instances of 'str' and 'int'"))
        #expect(
            queue("full")
                == .raises("TypeError", "'<' not supported between instances of 'int' and 'str'"))
        #expect(queue("get", false) == empty)
    }

    @Test func timeoutsAreLookedAtOnlyWhereItWaits() {
        let queue = store.make("Queue")
        let negative = Reply.raises("ValueError", "'timeout' must be a non-negative number")
        #expect(queue("get", true, -1) == negative)
        #expect(queue("get", false, -1) == empty)
        #expect(queue("get", false, "x") == empty)
        #expect(
            queue("get", named: ["timeout": "x"])
                == .raises("TypeError", "'<' not supported between instances of 'str' and 'int'"))
        queue("put", 1)
        #expect(queue("get", true, 5) == .returns(1))
    }
}
