import Pickle

/// A shared lock that its owner may acquire again. The owner is a connection, as it is a server
/// thread in CPython; unlike there, the lock dies with it.
final class HostedRLock: HostedObject {
    static let typeName = "_thread.RLock"

    private var owner: SessionID?
    /// How often the owner has acquired and not released it.
    private var depth = 0
    private let line: WaiterListID

    /// Like CPython up to 3.13 it takes any arguments and looks at none.
    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        line = call.waiters.makeList()
    }

    static let methods = MethodTable<HostedRLock>([
        Method("acquire", .keywords(["blocking", "timeout"], as: "acquire")) {
            (state, arguments, call) throws(Failure) in
            let timeout = try Timeout.ofLock(arguments, arguments[0], arguments[1])
            return state.acquire(timeout, &call)
        },
        Method("release", .none) { (state, _, call) throws(Failure) in
            guard state.owner == call.caller else {
                throw .runtime("cannot release un-acquired lock")
            }
            state.release(&call)
            return call.returnNone()
        },
    ])

    private func acquire(_ timeout: Timeout, _ call: inout Call) -> Outcome {
        if owner == nil {
            take(for: call.caller, &call)
        } else if owner == call.caller {
            depth += 1
        } else {
            guard !timeout.isZero else { return call.return(false) }
            return call.park(in: line, seconds: timeout.seconds, timeUp: .returns(false))
        }
        call.give(.grant)
        return call.return(true)
    }

    private func take(for session: SessionID, _ call: inout Call) {
        owner = session
        depth = 1
        call.hold(for: session)
    }

    private func release(_ call: inout Call) {
        depth -= 1
        guard depth == 0, let owner else { return }
        call.letGo(for: owner)
        passOn(&call)
    }

    private func passOn(_ call: inout Call) {
        owner = nil
        depth = 0
        guard let next = call.answerFirst(of: line, .yes, gives: .grant) else { return }
        take(for: next.session, &call)
    }

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable(Self.typeName)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        let owner = owner.map { "\($0.serial)" } ?? "0"
        return "<\(depth == 0 ? "unlocked" : "locked") _thread.RLock object "
            + "owner=\(owner) count=\(depth) at 0x\(call.object.ident)>"
    }

    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        guard owner == call.caller else { return }
        release(&call)
    }

    func ended(_ session: SessionID, _ call: inout Call) {
        guard owner == session else { return }
        passOn(&call)
    }

    var waiterLists: [WaiterListID] { [line] }
}
