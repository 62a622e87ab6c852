import Pickle

/// A shared barrier: so many parties wait for one another, then all go on.
///
/// A party whose connection ends while it waits is gone, and its place with it: the others wait on
/// until somebody else has come instead. (In CPython the dead goes on waiting and is counted.)
///
/// The server runs no code of its clients', so the action must be None.
final class HostedBarrier: HostedObject {
    static let typeName = "threading.Barrier"

    private let parties: Number
    /// How long parties wait that do not say it, or what is wrong with that.
    private let timeout: Result<Timeout, Failure>
    private var isBroken = false
    private let line: WaiterListID

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        let parameters: [StaticString] = ["parties", "action", "timeout"]
        let signature = Signature.named(parameters, required: 1, as: "Barrier.__init__")
        (parties, timeout) = try signature.bind(arguments, method: "__init__", type: "Barrier") {
            (bound) throws(Failure) in
            (try Self.parties(bound), Self.timeout(bound))
        }
        line = call.waiters.makeList()
    }

    private static func parties(_ bound: Arguments) throws(Failure) -> Number {
        guard let slice = bound[0] else { throw .type("the parties are missing") }
        let parties = try Number(slice, of: bound, comparedBy: "<")
        guard !parties.isBelow(1) else { throw .value("parties must be > 0") }
        if let action = bound[1], try bound.isTrue(action) {
            throw .type(
                "a barrier's action must be None: this server runs no code of its clients'")
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
        Method("__getattribute__", .slot(1)) { (state, arguments, call) throws(Failure) in
            try state.getAttribute(arguments, &call)
        },
        Method("wait", .named(["timeout"], required: 0, as: "Barrier.wait")) {
            (state, arguments, call) throws(Failure) in
            try state.wait(arguments, &call)
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

    private func wait(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        guard !isBroken else { throw Self.broken }
        let waiting = call.waiters.count(of: line)
        guard !parties.equals(waiting + 1) else { return letGo(&call) }
        let timeout =
            if let slice = arguments[0], slice.kind != .none {
                try Timeout.ofEnd(arguments, slice)
            } else {
                try self.timeout.get()
            }
        guard !timeout.isZero else {
            self.break(&call)
            throw Self.broken
        }
        return call.park(in: line, seconds: timeout.seconds, timeUp: .asks)
    }

    /// All are there: each gets its index, in the order in which they came.
    private func letGo(_ call: inout Call) -> Outcome {
        var index = 0
        while call.answerFirst(of: line, .int(index)) != nil { index += 1 }
        return call.return(index)
    }

    /// One who gives up breaks the barrier for all.
    func timeIsUp(for waiter: WaiterID, _ call: inout Call) {
        self.break(&call)
    }

    private func `break`(_ call: inout Call) {
        isBroken = true
        call.failAll(in: line, Self.broken)
    }

    // MARK: Looking

    private func getAttribute(
        _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) -> Outcome {
        let name = try arguments.attribute()
        switch arguments.text(name) {
        case "parties", "_parties": return call.return(PickledValue(parties.value))
        case "n_waiting", "_count": return call.return(call.waiters.count(of: line))
        case "broken": return call.return(isBroken)
        case "_state": return call.return(isBroken ? -2 : 0)
        case "_action": return call.returnNone()
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
        let state =
            isBroken ? "broken" : "waiters=\(call.waiters.count(of: line))/\(parties.text)"
        return "<threading.Barrier at 0x\(call.object.ident): \(state)>"
    }

    var waiterLists: [WaiterListID] { [line] }
}
