import Pickle
import Testing

/// `Queue.shutdown`, which Python has since 3.13.
@Suite struct HostedQueueShutdownTests {
    private let store = TestStore()
    private let alice: TestClient
    private let bob: TestClient
    private let shutDown = Reply.raises("queue.ShutDown", [])

    init() {
        alice = store.client()
        bob = store.client()
    }

    @Test func whatIsThereMayBeTakenStill() {
        let queue = store.make("Queue")
        queue("put", 1)
        #expect(queue("shutdown") == .none)
        #expect(queue("put", 2) == shutDown)
        #expect(queue("put_nowait", 2) == shutDown)
        #expect(queue("get") == .returns(1))
        #expect(queue("get") == shutDown)
        #expect(queue("get", false) == shutDown)
    }

    @Test func whoWaitsIsTold() {
        let queue = store.make("Queue", 1)
        #expect(queue("get", by: alice) == .parked)
        queue("shutdown")
        #expect(alice.mail == [shutDown])
        let other = store.make("Queue", 1)
        other("put", 1)
        #expect(other("put", 2, by: bob) == .parked)
        other("shutdown")
        #expect(bob.mail == [shutDown])
        #expect(store.waitingCalls == 0)
    }

    @Test func immediatelyDropsTheItems() {
        let queue = store.make("JoinableQueue")
        queue("put", 1)
        queue("put", 2)
        #expect(queue("join", by: alice) == .parked)
        #expect(queue("shutdown", named: ["immediate": true]) == .none)
        #expect(alice.mail == [.none])
        #expect(queue("qsize") == .returns(0))
        #expect(queue("get") == shutDown)
        #expect(
            queue("task_done") == .raises("ValueError", "task_done() called too many times"))
    }

    @Test func anItemThatComesBackAfterThatIsDropped() {
        let queue = store.make("JoinableQueue")
        queue("put", 1)
        #expect(queue("get", by: alice) == .returns(1))
        queue("shutdown", true)
        #expect(queue("join", by: bob) == .parked)
        store.lose(alice)
        #expect(bob.mail == [.none])
        #expect(queue("qsize") == .returns(0))
    }
}
