import Pickle
import Testing

@testable import HostedObjects

/// Objects whose methods are somebody else's code, as the core sees them.
@Suite struct LaunchTests {
    private var store = ObjectStore(incarnation: 1)

    init() throws {
        try store.offer("Maths")
    }

    /// The first request of a connection, or a call.
    private mutating func send(
        _ session: SessionID, _ ident: PickleValue, _ method: String, _ arguments: PickleValue...
    ) -> Reception {
        let request = PickleValue.tuple([
            ident, .str(PickleString(method)), .tuple(arguments), .dict([]),
        ])
        return request.pickled().withUnsafeBytes {
            store.receive($0, from: session, at: Instant(nanoseconds: 0))
        }
    }

    private mutating func complete(_ ticket: WaiterID, _ outcome: LaunchOutcome) -> [Reply] {
        store.complete(ticket, outcome, at: Instant(nanoseconds: 0))
        return store.takeDeliveries().map { Reply(frame: $0.frame) }
    }

    /// Makes an object, and gives its ident.
    private mutating func make() throws -> String {
        let session = store.connect()
        #expect(send(session, .none, "create", "Maths", 5) == .parked)
        let launch = try #require(store.takeLaunches().first)
        guard case .make(typeid: "Maths") = launch.target else {
            Issue.record("nothing is made")
            return ""
        }
        #expect(launch.positional == [PickledValue(5)])
        let replies = complete(
            launch.ticket, .made(7, typeid: "Maths", typeName: "Maths", exposed: ["add"]))
        guard case .returns(let value) = replies.first, case .tuple(let parts) = value.kind else {
            Issue.record("\(replies)")
            return ""
        }
        #expect(parts[1] == ["add"] as PickleValue || parts[1] == .tuple(["add"]))
        return parts[0].string ?? ""
    }

    private mutating func client() -> SessionID {
        let session = store.connect()
        #expect(send(session, .none, "accept_connection", "a thread") == .replied)
        store.clearReplies()
        return session
    }

    @Test mutating func aCallGoesOutAndItsOutcomeComesBack() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "add", 1, 2) == .parked)
        let launch = try #require(store.takeLaunches().first)
        guard case .method(let payload, "add") = launch.target else {
            Issue.record("no method is called")
            return
        }
        #expect(payload as? Int == 7)
        #expect(complete(launch.ticket, .returned(PickledValue(3).body)) == [.returns(3)])
    }

    @Test mutating func aFailureArrivesAsAnException() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "add") == .parked)
        let launch = try #require(store.takeLaunches().first)
        #expect(
            complete(launch.ticket, .failed(.runtime("no"))) == [.raises("RuntimeError", ["no"])])
    }

    @Test mutating func whatComesForTheDeadIsForgotten() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "add") == .parked)
        let launch = try #require(store.takeLaunches().first)
        store.disconnect(session, at: Instant(nanoseconds: 0))
        #expect(complete(launch.ticket, .returned(PickledValue(3).body)).isEmpty)
        #expect(store.waitingCalls == 0)
    }

    @Test mutating func aMakerWhoseCallerIsGoneLeavesNoObject() throws {
        let session = store.connect()
        #expect(send(session, .none, "create", "Maths") == .parked)
        let launch = try #require(store.takeLaunches().first)
        store.disconnect(session, at: Instant(nanoseconds: 0))
        let outcome = LaunchOutcome.made(7, typeid: "Maths", typeName: "Maths", exposed: [])
        #expect(complete(launch.ticket, outcome).isEmpty)
        let asking = store.connect()
        #expect(send(asking, .none, "number_of_objects") == .finished)
        let count = store.withReplies { Reply(frame: Array($0)) }
        #expect(count == .returns(0))
    }

    @Test mutating func whatIsNotExposedIsNotCalled() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "remove") == .replied)
        #expect(store.takeLaunches().isEmpty)
    }
}
