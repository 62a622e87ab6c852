import Pickle

/// What Semaphore and BoundedSemaphore have in common: how many may pass still, and who waits.
struct SemaphoreState {
    private(set) var value: Number
    /// What the value began with.
    let initialValue: Number
    /// Whether it is an error to exceed that.
    private let isBounded: Bool
    private let line: WaiterListID
    /// How many permits each holder has, for as long as ``isHandedAround`` is false.
    private var permits: [OwnerID: Int] = [:]
    /// The permits that are known by their tokens. Each has one holder, who gives it back by its
    /// token; so they are never signals.
    private var grants: [Int: Grant] = [:]
    /// Whether somebody has given a permit who had none: then they are signals, and who has taken
    /// one does not hold it.
    private var isHandedAround = false

    /// - Parameter name: the class.
    init(
        _ name: String, isBounded: Bool = false, _ arguments: Arguments, _ call: inout Call
    ) throws(Failure) {
        self.isBounded = isBounded
        let signature = Signature.named(["value"], required: 0, as: "\(name).__init__")
        value = try signature.bind(arguments, method: "__init__", type: name) {
            (bound) throws(Failure) in
            guard let slice = bound[0] else { return .int(1) }
            return try Number(slice, of: bound, comparedBy: "<")
        }
        guard !value.isBelow(0) else { throw .value("semaphore initial value must be >= 0") }
        initialValue = value
        line = call.waiters.makeList()
    }

    /// `acquire(blocking=True, timeout=None)`
    static let acquire = Signature.named(
        ["blocking", "timeout"], required: 0, as: "Semaphore.acquire")

    /// The timeout is looked at only by who has to wait.
    mutating func acquire(_ arguments: Arguments, _ call: inout Call) throws(Failure) -> Outcome {
        let waits = try arguments[0].map(arguments.isTrue) ?? true
        if !waits, let timeout = arguments[1], timeout.kind != .none {
            throw .value("can't specify timeout for non-blocking acquire")
        }
        guard value.equals(0) else {
            value = try value.adding(.int(-1))
            // Each grant has one, though nobody is told this one.
            _ = call.nextToken()
            let owner = call.owner(of: call.caller)
            take(for: owner, &call)
            call.give(.permit(owner))
            return call.return(true)
        }
        guard waits else { return call.return(false) }
        let timeout = try Timeout.ofEnd(arguments, arguments[1])
        guard !timeout.isZero else { return call.return(false) }
        return try call.park(in: line, seconds: timeout.seconds, timeUp: .returns(false))
    }

    /// `acquire_token(…)`
    mutating func acquire(
        _ timeout: Timeout, as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome {
        guard grants.count < call.leaseLimit else {
            throw .overLimit(.leases, "\(call.leaseLimit) permits with tokens")
        }
        guard !value.equals(0) else { return try call.park(in: line, timeout, as: terms) }
        value = try value.adding(.int(-1))
        let token = call.nextToken()
        take(for: call.caller, token, as: terms, &call)
        call.give(.grant(token))
        return call.return(token, as: terms)
    }

    /// `release(n=1)`: lets so many of those pass who wait longest.
    mutating func release(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        let count =
            try arguments[0].map { slice throws(Failure) in
                try Number(slice, of: arguments, comparedBy: "<")
            } ?? .int(1)
        guard !count.isBelow(1) else { throw .value("n must be one or more") }
        let sum = try value.adding(count)
        guard !exceeds(sum) else { throw .value("Semaphore released too many times") }
        value = sum
        giveUp(count.roundedUp, of: call.owner(of: call.caller), &call)
        admit(&call)
    }

    /// A permit that could not be handed over goes to the next, or back; unless its holder has
    /// given it back before it could know of it, or is dead, and it has gone back with that.
    mutating func takeBack(_ receipt: Receipt.Kind, _ call: inout Call) {
        if case .grant(let token) = receipt { return endGrant(token, &call) }
        guard case .permit(let owner) = receipt, isHandedAround || permits[owner] != nil else {
            return
        }
        giveUp(1, of: owner, &call)
        add(1, &call)
    }

    private mutating func add(_ count: Int, _ call: inout Call) {
        // Somebody may have given back already what was taken by its token.
        if let sum = try? value.adding(.int(count)), !exceeds(sum) { value = sum }
        admit(&call)
    }

    private func exceeds(_ sum: Number) -> Bool { isBounded && sum.isAbove(initialValue) }

    private mutating func admit(_ call: inout Call) {
        while !value.equals(0), let (next, token) = call.grantFirst(of: line, isPermit: true) {
            value = (try? value.adding(.int(-1))) ?? value
            if next.terms != nil {
                take(for: next.session, token, as: next.terms, &call)
            } else {
                take(for: call.owner(of: next.session), &call)
            }
        }
    }

    // MARK: Permits with tokens

    private mutating func take(
        for session: SessionID, _ token: Int, as terms: GrantTerms?, _ call: inout Call
    ) {
        grants[token] = Grant(token: token, session: session, owner: call.hold(for: session))
        call.lease(token, as: terms)
    }

    func lasts(_ token: Int) -> Bool { grants[token] != nil }

    mutating func endGrant(_ token: Int, _ call: inout Call) {
        guard let grant = grants.removeValue(forKey: token) else { return }
        call.letGo(of: grant.owner)
        call.endLease(token)
        add(1, &call)
    }

    /// The youngest that a session has.
    func token(of session: SessionID) -> Int? {
        grants.values.lazy.filter { $0.session == session }.map(\.token).max()
    }

    var leased: [Int] { grants.keys.sorted() }

    // MARK: Who holds permits

    private mutating func take(for owner: OwnerID, _ call: inout Call) {
        guard !isHandedAround else { return }
        if permits[owner] == nil { call.hold(as: owner) }
        permits[owner, default: 0] += 1
    }

    /// Somebody gives so many permits.
    private mutating func giveUp(_ count: Int, of owner: OwnerID, _ call: inout Call) {
        guard !isHandedAround else { return }
        let rest = (permits[owner] ?? 0) - count
        if rest > 0 {
            permits[owner] = rest
        } else if rest == 0 {
            permits[owner] = nil
            call.letGo(of: owner)
        } else {
            isHandedAround = true
            for owner in permits.keys { call.letGo(of: owner) }
            permits = [:]
        }
    }

    /// A holder is dead: its permits go to the next, or back.
    mutating func bereaved(of owner: OwnerID, _ call: inout Call) {
        let tokens = grants.values.filter { $0.owner == owner }.map(\.token).sorted()
        for token in tokens { endGrant(token, &call) }
        guard let count = permits.removeValue(forKey: owner) else { return }
        add(count, &call)
    }

    var waiterLists: [WaiterListID] { [line] }
}
