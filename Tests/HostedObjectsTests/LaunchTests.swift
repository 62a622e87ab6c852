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

    /// The calls that went out.
    private mutating func launches() -> [Launch] {
        store.takeOrders().compactMap { order in
            guard case .start(let launch) = order else { return nil }
            return launch
        }
    }

    private func instance(_ payload: Int, _ exposed: [String] = ["add"]) -> LaunchOutcome {
        .object(
            ForeignInstance(
                payload, typeid: "Maths", typeName: "Maths", exposed: exposed,
                fallbacks: ["__str__"]))
    }

    private mutating func complete(_ ticket: LaunchTicket, _ outcome: LaunchOutcome) -> [Reply] {
        store.complete(ticket, outcome, at: Instant(nanoseconds: 0))
        return store.takeDeliveries().map { Reply(frame: $0.frame) }
    }

    /// Makes an object, and gives its ident.
    private mutating func make() throws -> String {
        let session = store.connect()
        #expect(send(session, .none, "create", "Maths", 5) == .parked)
        let launch = try #require(launches().first)
        guard case .make(typeid: "Maths") = launch.target else {
            Issue.record("nothing is made")
            return ""
        }
        #expect(launch.positional == [PickledValue(5)])
        let replies = complete(launch.ticket, instance(7))
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
        let launch = try #require(launches().first)
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
        let launch = try #require(launches().first)
        #expect(
            complete(launch.ticket, .failed(.runtime("no"))) == [.raises("RuntimeError", ["no"])])
    }

    @Test mutating func whatComesForTheDeadIsForgotten() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "add") == .parked)
        let launch = try #require(launches().first)
        store.disconnect(session, at: Instant(nanoseconds: 0))
        guard case .cancel(launch.ticket) = store.takeOrders().first else {
            Issue.record("it is not cancelled")
            return
        }
        #expect(complete(launch.ticket, .returned(PickledValue(3).body)).isEmpty)
        #expect(store.waitingCalls == 0)
    }

    @Test mutating func aMakerWhoseCallerIsGoneLeavesNoObject() throws {
        let session = store.connect()
        #expect(send(session, .none, "create", "Maths") == .parked)
        let launch = try #require(launches().first)
        store.disconnect(session, at: Instant(nanoseconds: 0))
        #expect(complete(launch.ticket, instance(7)).isEmpty)
        let asking = store.connect()
        #expect(send(asking, .none, "number_of_objects") == .finished)
        let count = store.withReplies { Reply(frame: Array($0)) }
        #expect(count == .returns(0))
    }

    @Test mutating func aResultMayBeAnObject() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "add") == .parked)
        let first = try #require(launches().first)
        let made = try #require(complete(first.ticket, instance(8, ["subtract"])).first)
        guard case .proxy("Maths", let proxied, let exposed) = made else {
            Issue.record("\(made)")
            return
        }
        #expect(exposed == .tuple(["subtract"]))
        #expect(send(session, .str(PickleString(proxied)), "subtract") == .parked)
        guard case .method(let payload, "subtract") = launches().first?.target else {
            Issue.record("no method is called")
            return
        }
        #expect(payload as? Int == 8)
    }

    @Test mutating func aResultMayBeWhatAListIsMadeOf() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "add") == .parked)
        let launch = try #require(launches().first)
        let contents = LaunchOutcome.contents(PickledValue([1, 2]).body, typeid: "list")
        let made = try #require(complete(launch.ticket, contents).first)
        guard case .proxy("list", let proxied, _) = made else {
            Issue.record("\(made)")
            return
        }
        store.clearReplies()
        #expect(send(session, .str(PickleString(proxied)), "__len__") == .replied)
        #expect(store.withReplies { Reply(frame: Array($0)) } == .returns(2))
    }

    @Test mutating func whatNoListCanBeMadeOfIsAnError() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "add") == .parked)
        let launch = try #require(launches().first)
        let replies = complete(launch.ticket, .contents(PickledValue(5).body, typeid: "list"))
        #expect(replies == [.raises("TypeError", ["'int' object is not iterable"])])
    }

    @Test mutating func whoComesWhileANamedObjectIsMadeGetsTheSame() throws {
        let first = store.connect()
        let second = store.connect()
        let third = store.connect()
        #expect(send(first, .none, "create", "shared", "Maths", "sums", 5) == .parked)
        #expect(send(second, .none, "create", "shared", "Maths", "sums", 6) == .parked)
        #expect(send(third, .none, "create", "shared", "dict", "sums") == .finished)
        let all = launches()
        #expect(all.map(\.ticket) == [.name("sums")])
        #expect(all.first?.positional == [PickledValue(5)])
        // Its maker's death does not matter to the other.
        store.disconnect(first, at: Instant(nanoseconds: 0))
        #expect(store.takeOrders().isEmpty)
        let replies = complete(.name("sums"), instance(7))
        guard replies.count == 1, case .returns(let made) = replies.first else {
            Issue.record("\(replies)")
            return
        }
        store.clearReplies()
        #expect(send(store.connect(), .none, "create", "shared", "Maths", "sums") == .finished)
        #expect(store.withReplies { Reply(frame: Array($0)) } == .returns(made))
    }

    @Test mutating func aNameWhoseObjectCouldNotBeMadeIsFree() throws {
        let first = store.connect()
        #expect(send(first, .none, "create", "shared", "Maths", "sums") == .parked)
        _ = launches()
        let replies = complete(.name("sums"), .failed(.runtime("no")))
        #expect(replies == [.traceback("RuntimeError: no")])
        #expect(send(store.connect(), .none, "create", "shared", "Maths", "sums") == .parked)
        #expect(launches().count == 1)
    }

    /// Whoever asks for a new name and leaves, again and again, does not make them gather.
    @Test mutating func soManyNamedObjectsAreInTheMakingAtOnce() {
        for number in 0..<StoreLimits().pendingNames {
            let session = store.connect()
            let name = PickleValue.str("sums \(number)")
            #expect(send(session, .none, "create", "shared", "Maths", name) == .parked)
            store.disconnect(session, at: Instant(nanoseconds: 0))
        }
        let over = store.connect()
        #expect(send(over, .none, "create", "shared", "Maths", "one more") == .finished)
        store.clearReplies()
        _ = complete(.name("sums 0"), .failed(.runtime("no")))
        #expect(send(store.connect(), .none, "create", "shared", "Maths", "one more") == .parked)
    }

    @Test mutating func aSharedObjectIsMadeWhenItIsAskedFor() throws {
        try store.share("sums", as: "Maths")
        #expect(launches().isEmpty)
        #expect(send(store.connect(), .none, "create", "sums") == .parked)
        #expect(launches().count == 1)
        let replies = complete(.name("sums"), instance(7))
        store.clearReplies()
        #expect(send(store.connect(), .none, "create", "sums") == .finished)
        #expect([store.withReplies { Reply(frame: Array($0)) }] == replies)
    }

    @Test mutating func whatEveryObjectAnswersNeedNotBeExposed() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "__str__") == .parked)
        let launch = try #require(launches().first)
        #expect(complete(launch.ticket, .returned(PickledValue("x").body)) == [.returns("x")])
        // Those that the type has no answer to are the store's.
        #expect(send(session, ident, "__repr__") == .replied)
    }

    @Test mutating func whatIsNotExposedIsNotCalled() throws {
        let ident = PickleValue.str(PickleString(try make()))
        let session = client()
        #expect(send(session, ident, "remove") == .replied)
        #expect(launches().isEmpty)
    }
}
