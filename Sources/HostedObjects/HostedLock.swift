import Pickle

/// A shared lock. It is not owned: whoever likes may release it.
final class HostedLock: ConditionLock, Granting {
    static let typeName = "_thread.lock"

    /// Who was granted the lock, if it is locked, and with whose end it is free.
    private var grant: Grant?
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
            return try state.acquire(timeout, as: nil, &call)
        },
        Method("release", .none) { (state, _, call) throws(Failure) in
            try state.release(&call)
            return call.returnNone()
        },
        Method("locked", .none, .reads, isListed: false) { (state, _, call) throws(Failure) in
            call.return(state.isLocked)
        },
    ])

    var isLocked: Bool { grant != nil }

    /// Nobody owns it, so whoever calls while it is locked may be its holder.
    func isOwned(by session: SessionID) -> Bool { isLocked }

    func isHeld(by session: SessionID) -> Bool { grant?.session == session }

    func acquire(
        _ timeout: Timeout, as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome {
        guard grant != nil else {
            let token = call.nextToken()
            hold(for: call.caller, token, as: terms, &call)
            call.give(.grant(token))
            return call.return(token, as: terms)
        }
        return try call.park(in: line, timeout, as: terms)
    }

    private func hold(
        for session: SessionID, _ token: Int, as terms: GrantTerms?, _ call: inout Call
    ) {
        grant = Grant(token: token, session: session, owner: call.hold(for: session))
        call.lease(token, as: terms)
    }

    func release(_ call: inout Call) throws(Failure) {
        guard isLocked else { throw .runtime("release unlocked lock") }
        passOn(&call)
    }

    /// Passes the lock to whoever waits longest.
    private func passOn(_ call: inout Call) {
        if let grant {
            call.letGo(of: grant.owner)
            call.endLease(grant.token)
        }
        grant = nil
        guard let (next, token) = call.grantFirst(of: line) else { return }
        hold(for: next.session, token, as: next.terms, &call)
    }

    // MARK: Tokens

    func lasts(_ token: Int) -> Bool { grant?.token == token }

    func endGrant(_ token: Int, _ call: inout Call) {
        if lasts(token) { passOn(&call) }
    }

    /// Whoever calls while it is locked may be its holder.
    func token(of session: SessionID) -> Int? { grant?.token }

    var leased: [Int] { grant.map { [$0.token] } ?? [] }

    // MARK: For conditions

    func releaseWholly(_ call: inout Call) -> Int {
        passOn(&call)
        return 1
    }

    func take(for session: SessionID, depth: Int, _ call: inout Call) -> Bool {
        guard grant == nil else { return false }
        hold(for: session, call.nextToken(), as: nil, &call)
        return true
    }

    func admit(_ call: inout Call) {
        if grant == nil { passOn(&call) }
    }

    // MARK: Looking

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable(Self.typeName)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<\(grant == nil ? "unlocked" : "locked") _thread.lock object at 0x\(call.object.ident)>"
    }

    // MARK: The dead

    /// A grant that was given back since, or is over, is not taken back.
    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        guard case .grant(let token) = receipt else { return }
        endGrant(token, &call)
    }

    func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call) {
        guard isDeath, grant?.owner == owner else { return }
        passOn(&call)
    }

    var waiterLists: [WaiterListID] { [line] }
}
