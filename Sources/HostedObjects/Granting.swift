import Pickle

/// A shared object that grants something for a time, to be given back: a lock, or a permit.
///
/// Beside the methods that Python has, it has some by which a grant is known by its token:
///
/// ```text
/// acquire_token(blocking=True, timeout=None, lease=None)    the token; None where there is none
/// renew_token(token, lease)                                 the lease begins anew
/// release_token(token)                                      the grant is given back
/// token()                                                   by which the caller holds it, or None
/// ```
/// A lease that runs out ends its grant, as `release_token` would have. Of a grant that is over,
/// however it ended, the two in the middle raise: nobody gives back by mistake what is another's.
/// So they do of an RLock for all but its owner, and `renew_token` of a grant without a lease.
protocol Granting: HostedObject {
    /// Grants it to the caller, lets the caller wait, or tells it that there is none now.
    func acquire(
        _ timeout: Timeout, as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome

    /// Whether the grant of that token lasts.
    func lasts(_ token: Int) -> Bool

    /// Whether it lasts, and is a session's to renew and to give back.
    func lasts(_ token: Int, for session: SessionID) -> Bool

    /// Gives the grant of that token back, once. Does nothing where it is over.
    func giveBack(_ token: Int, _ call: inout Call)

    /// Ends the grant of that token, however often it was acquired; whoever waits longest gets what
    /// is free then. Does nothing where it is over.
    func endGrant(_ token: Int, _ call: inout Call)

    /// The token by which a session holds it; nil where it does not, or that is not known.
    func token(of session: SessionID) -> Int?

    /// The token of the grant that a session gets once more if it acquires it now; nil where that
    /// is a new one.
    func tokenOfMore(for session: SessionID) -> Int?
}

extension Granting {
    func lasts(_ token: Int, for session: SessionID) -> Bool { lasts(token) }

    func giveBack(_ token: Int, _ call: inout Call) { endGrant(token, &call) }

    func tokenOfMore(for session: SessionID) -> Int? { nil }

    /// The methods that know a grant by its token.
    static var commonMethods: [Method<Self>] {
        let acquire = Signature.named(
            ["blocking", "timeout", "lease"], required: 0, as: "acquire_token")
        return [
            Method("acquire_token", acquire, isListed: false) {
                (state, arguments, call) throws(Failure) in
                let timeout = try Timeout.ofGrant(arguments, arguments[0], arguments[1])
                let lease = try arguments.lease(2, of: state.tokenOfMore(for: call.caller), call)
                return try state.acquire(timeout, as: GrantTerms(lease: lease), &call)
            },
            Method(
                "renew_token", .named(["token", "lease"], required: 2, as: "renew_token"),
                isListed: false
            ) { (state, arguments, call) throws(Failure) in
                let token = try arguments.token(0)
                guard let lease = try arguments.lease(1, of: token, call) else {
                    throw .type("a lease is a number of seconds")
                }
                guard state.lasts(token, for: call.caller) else { throw .grantIsOver(token) }
                // Nobody has a hold end by itself whose holder has not asked for that.
                guard call.leases.deadline(of: token) != nil else {
                    throw .runtime("the grant \(token) has no lease")
                }
                call.lease(token, seconds: lease)
                return call.returnNone()
            },
            Method(
                "release_token", .named(["token"], required: 1, as: "release_token"),
                isListed: false
            ) { (state, arguments, call) throws(Failure) in
                let token = try arguments.token(0)
                guard state.lasts(token, for: call.caller) else { throw .grantIsOver(token) }
                state.giveBack(token, &call)
                return call.returnNone()
            },
            Method("token", .none, isListed: false) { (state, _, call) throws(Failure) in
                guard let token = state.token(of: call.caller) else { return call.returnNone() }
                return call.return(token)
            },
        ]
    }
}

extension Arguments {
    /// A token.
    ///
    /// - Throws: TypeError for what is none.
    func token(_ index: Int) throws(Failure) -> Int {
        guard let slice = self[index], slice.kind == .int, let token = int(slice), token >= 0 else {
            throw .type("a token is an int that a grant has given")
        }
        return token
    }

    /// A lease, in seconds; nil where there is none, or None.
    ///
    /// - Parameter token: of the grant that it may be for already, which then has its place.
    /// - Throws: ValueError where it is not above 0 or longer than may be; MemoryError where there
    ///   are too many.
    fileprivate func lease(
        _ index: Int, of token: Int?, _ call: Call
    ) throws(Failure) -> Double? {
        guard let slice = self[index], let seconds = try seconds(slice) else { return nil }
        guard seconds > 0 else { throw .value("a lease must be longer than 0 seconds") }
        guard seconds <= call.longestLease else {
            throw .value("over the limit: a lease of \(call.longestLease) seconds")
        }
        let hasPlace = token.map { call.leases.deadline(of: $0) != nil } ?? false
        guard hasPlace || call.leases.count < call.leaseLimit else {
            throw .overLimit(.leases, "\(call.leaseLimit) leases")
        }
        return seconds
    }
}

extension Failure {
    /// The grant of a token is over.
    static func grantIsOver(_ token: Int) -> Failure {
        var failure = Failure.runtime(
            "the grant \(token) is over: its lease ran out, or it was given back")
        failure.code = "lease_lost"
        return failure
    }

    /// A call was made under a token that is older than one that the object has seen.
    static func fenced(_ token: Int, by younger: Int) -> Failure {
        var failure = Failure(
            "PermissionError", "the token \(token) is older than \(younger), which was here before")
        failure.code = "fenced"
        return failure
    }
}
