import Pickle
import Testing

@testable import HostedObjects

/// Barriers with an action, which is somebody else's code, as the core sees them.
@Suite struct BarrierActionTests {
    private let store = TestStore()
    private let barrier: TestObject

    init() throws {
        try store.offerBarrier("Start", parties: 2)
        barrier = store.make("Start")
    }

    private static let broken = Reply.raises("threading.BrokenBarrierError", [])

    /// The barrier's ticket, where its action has been begun once more.
    private func begun() -> LaunchTicket? {
        let orders = store.takeOrders()
        guard orders.count == 1, case .start(let launch) = orders.first,
            case .action(let action) = launch.target, action as? String == "action"
        else { return nil }
        return launch.ticket
    }

    private func done(_ ticket: LaunchTicket) {
        store.complete(ticket, .returned(PickledValue.none.body))
    }

    @Test func nobodyGoesOnBeforeTheActionHasEnded() throws {
        let parties = [store.client(), store.client()]
        #expect(barrier("wait", by: parties[0]) == .parked)
        #expect(begun() == nil)
        #expect(barrier("wait", by: parties[1]) == .parked)
        let ticket = try #require(begun())
        #expect(parties.flatMap(\.mail).isEmpty)
        #expect(barrier("__getattribute__", "n_waiting") == .returns(2))
        done(ticket)
        #expect(parties.map(\.mail) == [[.returns(0)], [.returns(1)]])
        #expect(barrier("__getattribute__", "n_waiting") == .returns(0))
    }

    @Test func anActionThatFailsBreaksTheBarrier() throws {
        let parties = [store.client(), store.client()]
        for party in parties { barrier("wait", by: party) }
        store.complete(try #require(begun()), .failed(.runtime("no")))
        #expect(parties.map(\.mail) == [[Self.broken], [.raises("RuntimeError", ["no"])]])
        #expect(barrier("wait") == Self.broken)
        barrier("reset")
        #expect(barrier("wait") == .parked)
    }

    @Test func whoComesMeanwhileIsOfTheNextGeneration() throws {
        let early = [store.client(), store.client()]
        let late = [store.client(), store.client(), store.client()]
        for party in early + late { #expect(barrier("wait", by: party) == .parked) }
        let first = try #require(begun())
        done(first)
        #expect(early.flatMap(\.mail).count == 2)
        #expect(late.flatMap(\.mail).isEmpty)
        let second = try #require(begun())
        #expect(second != first)
        // The outcome of another time means nothing.
        done(first)
        #expect(late.flatMap(\.mail).isEmpty)
        done(second)
        #expect(late.map(\.mail) == [[.returns(0)], [.returns(1)], []])
    }

    @Test func noTimeIsUpWhileTheActionRuns() throws {
        let parties = [store.client(), store.client()]
        barrier("wait", 1.0, by: parties[0])
        barrier("wait", by: parties[1])
        let ticket = try #require(begun())
        store.advance(seconds: 5)
        #expect(parties.flatMap(\.mail).isEmpty)
        done(ticket)
        #expect(parties.flatMap(\.mail).count == 2)
    }

    @Test func aTimeThatWasUpMeanwhileBreaksTheNextGeneration() throws {
        let parties = [store.client(), store.client(), store.client()]
        barrier("wait", by: parties[0])
        barrier("wait", by: parties[1])
        barrier("wait", 1.0, by: parties[2])
        let ticket = try #require(begun())
        store.advance(seconds: 5)
        #expect(parties.flatMap(\.mail).isEmpty)
        done(ticket)
        #expect(parties.map(\.mail) == [[.returns(0)], [.returns(1)], [Self.broken]])
    }

    @Test func whoAbortsDoesNotWaitForTheAction() throws {
        let parties = [store.client(), store.client()]
        for party in parties { barrier("wait", by: party) }
        let ticket = try #require(begun())
        barrier("abort")
        #expect(parties.map(\.mail) == [[Self.broken], [Self.broken]])
        done(ticket)
        #expect(parties.flatMap(\.mail).isEmpty)
        #expect(barrier("__getattribute__", "broken") == .returns(true))
    }

    @Test func thePartiesMayDieMeanwhile() throws {
        let parties = [store.client(), store.client()]
        for party in parties { barrier("wait", by: party) }
        let ticket = try #require(begun())
        for party in parties { party.disconnect() }
        #expect(begun() == nil)
        done(ticket)
        #expect(store.waitingCalls == 0)
        #expect(barrier("wait", by: store.client()) == .parked)
    }

    @Test func theBarrierMayGoMeanwhile() throws {
        let parties = [store.client(), store.client()]
        for party in parties { barrier("wait", by: party) }
        let ticket = try #require(begun())
        barrier.decref()
        #expect(parties.flatMap(\.mail).count == 2)
        done(ticket)
        #expect(store.waitingCalls == 0)
    }

    @Test func itTakesNoArguments() {
        let message = "TypeError: Start() takes 1 positional argument but 2 were given"
        #expect(store.verb("create", "Start", 5) == .traceback(message))
    }
}
