import Pickle

/// A shared barrier: so many parties wait for one another, then all go on.
///
/// A party whose connection ends while it waits is gone, and its place with it: the others wait on
/// until somebody else has come instead. (In CPython the dead goes on waiting and is counted.)
///
/// The server runs no code of its clients', so the action that a client gives must be None. A type
/// of barriers with an action of the server's own program can be registered: when all parties are
/// there, they stand in a second line until the action has been carried out.
final class HostedBarrier: HostedObject {
    static let typeName = "threading.Barrier"

    private let parties: Number
    /// How long parties wait that do not say it, or what is wrong with that.
    private let timeout: Result<Timeout, Failure>
    private var isBroken = false
    private let line: WaiterListID
    /// What is done when all parties are there, before any goes on.
    private let action: (any Sendable)?
    /// Those who are all there and whose action runs.
    private let leaving: WaiterListID
    /// The last of them, who is told where the action fails.
    private var runner: WaiterID?
    private var isActing = false
    /// How often the action has been begun.
    private var actions: UInt64 = 0
    /// Whether somebody's time was up who came while the action ran.
    private var isOverdue = false

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        let parameters: [StaticString] = ["parties", "action", "timeout"]
        let signature = Signature.named(parameters, required: 1, as: "Barrier.__init__")
        (parties, timeout) = try signature.bind(arguments, method: "__init__", type: "Barrier") {
            (bound) throws(Failure) in
            (try Self.parties(bound), Self.timeout(bound))
        }
        line = call.waiters.makeList()
        leaving = call.waiters.makeList()
        action = nil
    }

    /// A barrier with an action, which is somebody else's code.
    init(_ parties: Int, seconds: Double?, action: any Sendable, _ call: inout Call) {
        self.parties = .int(parties)
        timeout = .success(seconds.map { $0 > 0 ? .seconds($0) : .zero } ?? .never)
        self.action = action
        line = call.waiters.makeList()
        leaving = call.waiters.makeList()
    }

    private static func parties(_ bound: Arguments) throws(Failure) -> Number {
        guard let slice = bound[0] else { throw .type("the parties are missing") }
        let parties = try Number(slice, of: bound, comparedBy: "<")
        guard !parties.isBelow(1) else { throw .value("parties must be > 0") }
        if let action = bound[1], try bound.isTrue(action) {
            throw .type(
                "a barrier's action must be None: this server runs no code of its clients'; "
                    + "barriers with an action are registered in the server's own program")
        }
        return parties
    }

    private static func timeout(_ bound: Arguments) -> Result<Timeout, Failure> {
        do throws(Failure) {
            return .success(try Timeout.ofEnd(bound, bound[2]))
        } catch {
            return .failure(error)
        }
    }

    static let methods = MethodTable<HostedBarrier>([
        Method("__getattribute__", .slot(1), .reads) { (state, arguments, call) throws(Failure) in
            try state.getAttribute(arguments, &call)
        },
        Method("wait", .named(["timeout"], required: 0, as: "Barrier.wait")) {
            (state, arguments, call) throws(Failure) in
            try state.wait(arguments, as: nil, &call)
        },
        Method(
            "wait_token", .named(["timeout"], required: 0, as: "wait_token"), isListed: false
        ) { (state, arguments, call) throws(Failure) in
            try state.wait(arguments, as: GrantTerms(lease: nil), &call)
        },
        Method("abort", .named([], required: 0, as: "Barrier.abort")) {
            (state, _, call) throws(Failure) in
            state.break(&call)
            return call.returnNone()
        },
        Method("reset", .named([], required: 0, as: "Barrier.reset")) {
            (state, _, call) throws(Failure) in
            state.isBroken = false
            call.failAll(in: state.line, broken)
            return call.returnNone()
        },
    ])

    private static let broken = Failure(module: "threading", name: "BrokenBarrierError")

    // MARK: Waiting

    /// - Parameter terms: where the answer is the index and the token of the time at which all were
    ///   there.
    private func wait(
        _ arguments: Arguments, as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome {
        guard !isBroken else { throw Self.broken }
        let waiting = call.waiters.count(of: line)
        guard !parties.equals(waiting + 1) || isActing else { return try letGo(as: terms, &call) }
        let timeout =
            if let slice = arguments[0], slice.kind != .none {
                try Timeout.ofEnd(arguments, slice)
            } else {
                try self.timeout.get()
            }
        guard !timeout.isZero || isActing else {
            self.break(&call)
            throw Self.broken
        }
        // In CPython it would not get in before the action has ended.
        if timeout.isZero { isOverdue = true }
        return try call.park(in: line, seconds: timeout.seconds, timeUp: .asks, terms: terms)
    }

    /// All are there: each gets its index, in the order in which they came.
    private func letGo(
        as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome {
        guard action != nil else {
            let (index, token) = release(line, &call)
            Self.write(index, token, as: terms, to: &call.out)
            return .returned
        }
        let outcome = try call.park(in: line, seconds: nil, timeUp: .asks, terms: terms)
        act(&call)
        return outcome
    }

    /// Answers all in a line.
    ///
    /// - Returns: how many there were, and the token that they have got.
    private func release(_ line: WaiterListID, _ call: inout Call) -> (count: Int, token: Int) {
        let token = call.nextToken()
        var index = 0
        while let id = call.waiters.first(line), let waiter = call.removeWaiter(id) {
            call.answer(waiter) { Self.write(index, token, as: waiter.terms, to: &$0) }
            index += 1
        }
        return (index, token)
    }

    private static func write(
        _ index: Int, _ token: Int, as terms: GrantTerms?, to writer: inout BodyWriter
    ) {
        writer.int(index)
        guard terms != nil else { return }
        writer.int(token)
        writer.append(.tuple2)
    }

    /// One who gives up breaks the barrier for all, but not for those whose action runs.
    func timeIsUp(for waiter: WaiterID, _ call: inout Call) {
        guard isActing else { return self.break(&call) }
        isOverdue = true
        call.waiters.move(waiter, to: line)
    }

    private func `break`(_ call: inout Call) {
        isBroken = true
        isActing = false
        isOverdue = false
        call.failAll(in: line, Self.broken)
        call.failAll(in: leaving, Self.broken)
    }

    // MARK: The action

    /// Has the action carried out for the first so many in the line.
    private func act(_ call: inout Call) {
        guard let action else { return }
        var count = 0
        while !parties.equals(count), let id = call.waiters.first(line) {
            call.waiters.move(id, to: leaving)
            runner = id
            count += 1
        }
        isActing = true
        actions += 1
        let ticket = LaunchTicket.barrier(call.object, time: actions)
        call.orders.append(.start(Launch(ticket: ticket, target: .action(action))))
    }

    /// The action has ended that was begun for the so manieth time.
    func acted(_ time: UInt64, _ outcome: LaunchOutcome, _ call: inout Call) {
        guard isActing, time == actions else { return }
        if case .failed(let failure) = outcome {
            if let runner { call.fail(runner, failure) }
            return self.break(&call)
        }
        isActing = false
        _ = release(leaving, &call)
        if isOverdue {
            self.break(&call)
        } else if !parties.isAbove(call.waiters.count(of: line)) {
            act(&call)
        }
    }

    // MARK: Looking

    private func getAttribute(
        _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome {
        let name = try arguments.attribute()
        switch arguments.text(name) {
        case "parties", "_parties": return call.return(PickledValue(parties.value))
        case "n_waiting", "_count":
            return call.return(call.waiters.count(of: isActing ? leaving : line))
        case "broken": return call.return(isBroken)
        case "_state": return call.return(isBroken ? -2 : 0)
        case "_action":
            guard action == nil else { throw .unpicklable("function") }
            return call.returnNone()
        case "__class__":
            call.out.global("threading", "Barrier")
            return .returned
        case "wait", "abort", "reset", "_cond", "__dict__": throw .unpicklable("_thread.lock")
        default:
            let name = try arguments.value(name)
            var failure = Failure.attribute("Barrier", name)
            failure.attributeName = name
            throw failure
        }
    }

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable("_thread.lock")
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        let waiting = call.waiters.count(of: isActing ? leaving : line)
        let state = isBroken ? "broken" : "waiters=\(waiting)/\(parties.text)"
        return "<threading.Barrier at 0x\(call.object.ident): \(state)>"
    }

    /// Who waits for the action is of a time that is complete.
    func hasBegun(_ waiter: Waiter) -> Bool { waiter.list == leaving }

    var waiterLists: [WaiterListID] { [line, leaving] }
}
