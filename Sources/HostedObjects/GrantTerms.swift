import Pickle

/// How a call asks for a grant whose token it wants to know.
package struct GrantTerms: Hashable, Sendable {
    /// How long the grant lasts unless it is renewed, in seconds; nil for as long as it is not
    /// given back.
    let lease: Double?
}

/// A grant that lasts.
struct Grant {
    /// What tells it from all that were given before: a number that only grows.
    let token: Int
    /// To whom it was given.
    let session: SessionID
    /// With whose end it ends.
    let owner: OwnerID
}

extension Call {
    /// The token of a new grant.
    @inline(__always)
    mutating func nextToken() -> Int {
        lastToken += 1
        return lastToken
    }

    // MARK: Answers

    /// Answers a call that is granted what it asked for.
    @inline(__always)
    mutating func `return`(_ token: Int, as terms: GrantTerms?) -> Outcome {
        terms == nil ? self.return(true) : self.return(token)
    }

    /// Lets the caller wait for a grant, or tells it that there is none now.
    mutating func park(
        in list: WaiterListID, _ timeout: Timeout, as terms: GrantTerms?
    ) throws(Failure) -> Outcome {
        guard !timeout.isZero else { return terms == nil ? self.return(false) : returnNone() }
        return try park(
            in: list, seconds: timeout.seconds,
            timeUp: terms == nil ? .returns(false) : .returnsNone, terms: terms)
    }

    /// Grants what a line waits for to whoever stands first; nil if nobody waits.
    ///
    /// - Parameter isPermit: whether a grant without a token is not known by one.
    mutating func grantFirst(
        of list: WaiterListID, isPermit: Bool = false
    ) -> (waiter: Waiter, token: Int)? {
        guard let id = waiters.first(list), let waiter = removeWaiter(id) else { return nil }
        let token = nextToken()
        let isPlain = waiter.terms == nil
        let kind: Receipt.Kind =
            isPlain && isPermit ? .permit(owner(of: waiter.session)) : .grant(token)
        answer(waiter, gives: kind) { writer in
            if isPlain { writer.bool(true) } else { writer.int(token) }
        }
        return (waiter, token)
    }

    // MARK: Leases

    /// Has a grant of the object end by itself, unless it is renewed. A lease that has longer to go
    /// stays: it is that of somebody who has acquired an RLock further out.
    @inline(__always)
    mutating func lease(_ token: Int, as terms: GrantTerms?) {
        if let seconds = terms?.lease { lease(token, seconds: seconds) }
    }

    mutating func lease(_ token: Int, seconds: Double) {
        guard let end = now.advanced(seconds: seconds) else { return }
        if let before = leases.deadline(of: token), before >= end { return }
        leases.set(token, object, at: end)
    }

    /// A grant has ended: it need not end by itself any more.
    @inline(__always)
    mutating func endLease(_ token: Int) {
        if !leases.isEmpty { leases.remove(token) }
    }
}
