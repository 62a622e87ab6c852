import Pickle

/// A shared lock. It is not owned: whoever likes may release it.
final class HostedLock: ConditionLock {
    static let typeName = "_thread.lock"

    /// Who was granted the lock, if it is locked, and with whose end it is free.
    private var holder: (session: SessionID, owner: OwnerID)?
    let line: WaiterListID

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

    var isLocked: Bool { holder != nil }

    /// Nobody owns it, so whoever calls while it is locked may be its holder.
    func isOwned(by session: SessionID) -> Bool { isLocked }

    func isHeld(by session: SessionID) -> Bool { holder?.session == session }

    func acquire(_ timeout: Timeout, _ call: inout Call) throws(Failure) -> Outcome {
        guard holder != nil else {
            hold(for: call.caller, &call)
            call.give(.grant)
            return call.return(true)
        }
        guard !timeout.isZero else { return call.return(false) }
        return try call.park(in: line, seconds: timeout.seconds, timeUp: .returns(false))
    }

    private func hold(for session: SessionID, _ call: inout Call) {
        holder = (session, call.hold(for: session))
    }

    func release(_ call: inout Call) throws(Failure) {
        guard isLocked else { throw .runtime("release unlocked lock") }
        passOn(&call)
    }

    /// Passes the lock to whoever waits longest.
    private func passOn(_ call: inout Call) {
        if let holder { call.letGo(of: holder.owner) }
        holder = nil
        guard let next = call.answerFirst(of: line, .yes, gives: .grant) else { return }
        hold(for: next.session, &call)
    }

    func releaseWholly(_ call: inout Call) -> Int {
        passOn(&call)
        return 1
    }

    func take(for session: SessionID, depth: Int, _ call: inout Call) -> Bool {
        guard holder == nil else { return false }
        hold(for: session, &call)
        return true
    }

    func admit(_ call: inout Call) {
        if holder == nil { passOn(&call) }
    }

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable(Self.typeName)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<\(holder == nil ? "unlocked" : "locked") _thread.lock object at 0x\(call.object.ident)>"
    }

    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        guard isHeld(by: call.caller) else { return }
        passOn(&call)
    }

    func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call) {
        guard isDeath, holder?.owner == owner else { return }
        passOn(&call)
    }

    var waiterLists: [WaiterListID] { [line] }
}
