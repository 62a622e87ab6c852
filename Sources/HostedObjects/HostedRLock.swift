import Pickle

/// A shared lock that its owner may acquire again. The owner is a connection, as it is a server
/// thread in CPython; unlike there, the lock dies with it.
final class HostedRLock: ConditionLock {
    static let typeName = "_thread.RLock"

    private var owner: SessionID?
    /// How often the owner has acquired and not released it.
    private var depth = 0
    let line: WaiterListID

    /// Like CPython up to 3.13 it takes any arguments and looks at none.
    init(_ arguments: Arguments, _ call: inout Call) {
        line = call.waiters.makeList()
    }

    static let methods = MethodTable<HostedRLock>([
        Method("acquire", .keywords(["blocking", "timeout"], as: "acquire")) {
            (state, arguments, call) throws(Failure) in
            let timeout = try Timeout.ofLock(arguments, arguments[0], arguments[1])
            return try state.acquire(timeout, &call)
        },
        Method("release", .none) { (state, _, call) throws(Failure) in
            try state.release(&call)
            return call.returnNone()
        },
        Method("locked", .none, .reads, isListed: false) { (state, _, call) throws(Failure) in
            call.return(state.isLocked)
        },
    ])

    var isLocked: Bool { owner != nil }

    func isOwned(by session: SessionID) -> Bool { owner == session }

    func isHeld(by session: SessionID) -> Bool { owner == session }

    func acquire(_ timeout: Timeout, _ call: inout Call) throws(Failure) -> Outcome {
        if owner == nil {
            hold(for: call.caller, depth: 1, &call)
        } else if owner == call.caller {
            depth += 1
        } else {
            guard !timeout.isZero else { return call.return(false) }
            return try call.park(in: line, seconds: timeout.seconds, timeUp: .returns(false))
        }
        call.give(.grant)
        return call.return(true)
    }

    private func hold(for session: SessionID, depth: Int, _ call: inout Call) {
        owner = session
        self.depth = depth
        call.hold(as: .session(session))
    }

    func release(_ call: inout Call) throws(Failure) {
        guard owner == call.caller else { throw .runtime("cannot release un-acquired lock") }
        releaseOnce(&call)
    }

    private func releaseOnce(_ call: inout Call) {
        depth -= 1
        if depth == 0 { letGo(&call) }
    }

    private func letGo(_ call: inout Call) {
        if let owner { call.letGo(of: .session(owner)) }
        passOn(&call)
    }

    func releaseWholly(_ call: inout Call) -> Int {
        defer { letGo(&call) }
        return depth
    }

    func take(for session: SessionID, depth: Int, _ call: inout Call) -> Bool {
        guard owner == nil else { return false }
        hold(for: session, depth: depth, &call)
        return true
    }

    func admit(_ call: inout Call) {
        if owner == nil { passOn(&call) }
    }

    private func passOn(_ call: inout Call) {
        owner = nil
        depth = 0
        guard let next = call.answerFirst(of: line, .yes, gives: .grant) else { return }
        hold(for: next.session, depth: next.resumption?.depth ?? 1, &call)
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
        releaseOnce(&call)
    }

    func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call) {
        guard let session = self.owner, owner == .session(session) else { return }
        passOn(&call)
    }

    var waiterLists: [WaiterListID] { [line] }
}
