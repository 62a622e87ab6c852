import Pickle

/// A shared lock that its owner may acquire again. The owner is a connection, as it is a server
/// thread in CPython; unlike there, the lock dies with it.
final class HostedRLock: ConditionLock, Granting {
    static let typeName = "_thread.RLock"

    private var grant: Grant?
    /// How often the owner has acquired and not released it.
    private var depth = 0
    /// How often it had been acquired when that was done with a lease first; 0 for never. Nobody
    /// tells which hold is given back, for all have one token: so the lock keeps the longest lease
    /// until it is held as often as before the first.
    private var leasedDepth = 0
    let line: WaiterListID

    /// Like CPython up to 3.13 it takes any arguments and looks at none.
    init(_ arguments: Arguments, _ call: inout Call) {
        line = call.waiters.makeList()
    }

    static let methods = MethodTable<HostedRLock>([
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

    func isOwned(by session: SessionID) -> Bool { grant?.session == session }

    func isHeld(by session: SessionID) -> Bool { grant?.session == session }

    /// Acquired once more it is the same grant, whose token stays.
    func acquire(
        _ timeout: Timeout, as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome {
        let token: Int
        if let grant {
            guard grant.session == call.caller else {
                return try call.park(in: line, timeout, as: terms)
            }
            depth += 1
            token = grant.token
            if leasedDepth == 0, terms?.lease != nil { leasedDepth = depth }
            call.lease(token, as: terms)
        } else {
            token = call.nextToken()
            hold(for: call.caller, token, depth: 1, as: terms, &call)
        }
        call.give(.grant(token))
        return call.return(token, as: terms)
    }

    private func hold(
        for session: SessionID, _ token: Int, depth: Int, as terms: GrantTerms?,
        _ call: inout Call
    ) {
        grant = Grant(token: token, session: session, owner: .session(session))
        self.depth = depth
        leasedDepth = terms?.lease != nil ? depth : 0
        call.hold(as: .session(session))
        call.lease(token, as: terms)
    }

    func release(_ call: inout Call) throws(Failure) {
        guard isHeld(by: call.caller) else { throw .runtime("cannot release un-acquired lock") }
        releaseOnce(&call)
    }

    private func releaseOnce(_ call: inout Call) {
        depth -= 1
        if depth == 0 { return letGo(&call) }
        guard let grant, depth < leasedDepth else { return }
        leasedDepth = 0
        call.endLease(grant.token)
    }

    private func letGo(_ call: inout Call) {
        if let grant { call.letGo(of: grant.owner) }
        passOn(&call)
    }

    func releaseWholly(_ call: inout Call) -> Int {
        defer { letGo(&call) }
        return depth
    }

    func take(for session: SessionID, depth: Int, _ call: inout Call) -> Bool {
        guard grant == nil else { return false }
        hold(for: session, call.nextToken(), depth: depth, as: nil, &call)
        return true
    }

    func admit(_ call: inout Call) {
        if grant == nil { passOn(&call) }
    }

    private func passOn(_ call: inout Call) {
        if let grant { call.endLease(grant.token) }
        grant = nil
        depth = 0
        guard let (next, token) = call.grantFirst(of: line) else { return }
        hold(
            for: next.session, token, depth: next.resumption?.depth ?? 1, as: next.terms, &call)
    }

    // MARK: Tokens

    func lasts(_ token: Int) -> Bool { grant?.token == token }

    /// Who does not own it neither renews it nor gives it back.
    func lasts(_ token: Int, for session: SessionID) -> Bool {
        lasts(token) && isHeld(by: session)
    }

    func giveBack(_ token: Int, _ call: inout Call) {
        if lasts(token) { releaseOnce(&call) }
    }

    func endGrant(_ token: Int, _ call: inout Call) {
        if lasts(token) { letGo(&call) }
    }

    func token(of session: SessionID) -> Int? {
        grant.flatMap { $0.session == session ? $0.token : nil }
    }

    func tokenOfMore(for session: SessionID) -> Int? { token(of: session) }

    var leased: [Int] { grant.map { [$0.token] } ?? [] }

    // MARK: Looking

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable(Self.typeName)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        let owner = grant.map { "\($0.session.serial)" } ?? "0"
        return "<\(depth == 0 ? "unlocked" : "locked") _thread.RLock object "
            + "owner=\(owner) count=\(depth) at 0x\(call.object.ident)>"
    }

    // MARK: The dead

    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        guard case .grant(let token) = receipt, lasts(token) else { return }
        releaseOnce(&call)
    }

    func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call) {
        guard grant?.owner == owner else { return }
        passOn(&call)
    }

    var waiterLists: [WaiterListID] { [line] }
}
