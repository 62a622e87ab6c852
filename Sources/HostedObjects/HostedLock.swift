import Pickle

/// A shared lock. It is not owned: whoever likes may release it.
final class HostedLock: HostedObject {
    static let typeName = "_thread.lock"

    /// Who was granted the lock, if it is locked.
    private var holder: SessionID?
    private let line: WaiterListID

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        guard arguments.keywords.isEmpty else { throw .type("lock() takes no keyword arguments") }
        guard arguments.count == 0 else {
            throw .type("lock expected 0 arguments, got \(arguments.count)")
        }
        line = call.waiters.makeList()
    }

    static let methods = MethodTable<HostedLock>([
        Method("acquire", .keywords(["blocking", "timeout"], as: "acquire")) {
            (state, arguments, call) throws(Failure) in
            let timeout = try Timeout.ofLock(arguments, arguments[0], arguments[1])
            return state.acquire(timeout, &call)
        },
        Method("release", .none) { (state, _, call) throws(Failure) in
            guard state.holder != nil else { throw .runtime("release unlocked lock") }
            state.release(&call)
            return call.returnNone()
        },
    ])

    private func acquire(_ timeout: Timeout, _ call: inout Call) -> Outcome {
        guard holder != nil else {
            holder = call.caller
            call.give(.grant)
            return call.return(true)
        }
        guard !timeout.isZero else { return call.return(false) }
        return call.park(in: line, seconds: timeout.seconds, timeUp: .returns(false))
    }

    /// Passes the lock to whoever waits longest.
    private func release(_ call: inout Call) {
        holder = call.answerFirst(of: line, .yes, gives: .grant)?.session
    }

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable(Self.typeName)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<\(holder == nil ? "unlocked" : "locked") _thread.lock object at 0x\(call.object.ident)>"
    }

    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        guard holder == call.caller else { return }
        release(&call)
    }

    var waiterLists: [WaiterListID] { [line] }
}
