internal import Connections
internal import Pickle
internal import Synchronization

/// Who asks for grants that are known by their tokens: a proxy's reference, or an RLock's owner.
protocol GrantDoor: Sendable {
    /// The object that grants.
    var reference: ObjectReference { get }

    /// `acquire_token(…)`
    ///
    /// - Parameters:
    ///   - lease: after how long the grant ends by itself; nil for never.
    ///   - timeout: how long to wait; nil for as long as it takes.
    /// - Returns: nil when the time is over.
    func acquire(
        lease: Duration?, timeout: Duration?
    ) async throws(ManagerError) -> FencingToken?

    /// `renew_token(token, lease)`, which does no harm where it is done twice: so it is left where
    /// the task is cancelled.
    func renew(_ token: FencingToken, for lease: Duration) async throws(ManagerError)

    /// A grant was lost, as far as is known.
    func lost()

    /// `release_token(token)`
    func release(_ token: FencingToken) async throws(ManagerError)
}

extension GrantDoor {
    /// Refuses what a CPython server cannot do.
    func checkServer() throws(ManagerError) {
        guard reference.grantsTokens else {
            throw ManagerError(
                .unsupported, "grants have tokens and leases in a ManagerServer only")
        }
    }

    /// `acquire_token(True, timeout, lease)`
    func acquisition(
        _ seconds: Double?, _ lease: Duration?
    ) throws(ManagerError) -> [UInt8] {
        reference.under(
            try Request.call(
                reference.ident, "acquire_token", true, seconds, lease?.inSeconds))
    }

    /// What `acquire_token` has answered.
    func token(_ reply: Reply) throws(ManagerError) -> FencingToken? {
        let value = try reply.returned(about: reference)
        switch value.kind {
        case .int(let number): return FencingToken(number)
        case .none: return nil
        default: throw .unexpectedReply("a token that is \(value.repr(limit: 100))")
        }
    }
}

extension ObjectReference: GrantDoor {
    var reference: ObjectReference { self }

    /// Does something while holding what the object grants, and gives back no other's hold.
    ///
    /// What the body has given up and taken again, as who waits for a condition does, has another
    /// token: it is given back without one, unless the connection was lost meanwhile, over which it
    /// was held.
    func holding<Result>(
        timeout: Duration?, late: String, _ body: () async throws -> Result
    ) async throws -> Result {
        _ = try await manager.shared.connection()
        let openings = manager.shared.openingCount
        return try await holding(timeout: timeout, late: late) { _ in
            try await body()
        } regained: { [self] () throws(ManagerError) in
            guard manager.shared.openingCount == openings else { return false }
            _ = try await manager.call(try Request.call(ident, "release")).returned(about: self)
            return true
        }
    }

    /// Whether what the object grants can be known by tokens: that is, in a server of this house.
    var grantsTokens: Bool { manager.serverVersion != nil }

    func acquire(
        lease: Duration?, timeout: Duration?
    ) async throws(ManagerError) -> FencingToken? {
        try checkServer()
        return try await manager.wait(timeout: timeout) {
            (seconds) throws(ManagerError) in
            try acquisition(seconds, lease)
        } _: { (reply) throws(ManagerError) in
            try token(reply)
        }
    }

    func renew(_ token: FencingToken, for lease: Duration) async throws(ManagerError) {
        let request = try Request.call(ident, "renew_token", token.number, lease.inSeconds)
        _ = try await manager.waitIdly(timeout: nil, request, about: self)
    }

    func lost() {}

    func release(_ token: FencingToken) async throws(ManagerError) {
        let request = try Request.call(ident, "release_token", token.number)
        _ = try await manager.call(request).returned(about: self)
    }
}

extension RLockOwner: GrantDoor {
    func acquire(
        lease: Duration?, timeout: Duration?
    ) async throws(ManagerError) -> FencingToken? {
        try checkServer()
        return try await acquire(timeout: timeout) { [self] (seconds) throws(ManagerError) in
            try acquisition(seconds, lease)
        } reading: { [self] (reply) throws(ManagerError) in
            try token(reply)
        }
    }

    func renew(_ token: FencingToken, for lease: Duration) async throws(ManagerError) {
        let place = try await place()
        let request = try Request.call(
            reference.ident, "renew_token", token.number, lease.inSeconds)
        _ = try await reference.manager.contact.ask(
            request, on: place.line, owner: place.owner, onInterruption: .abandonReply,
            timeout: nil
        ).returned(about: reference)
    }

    /// Whatever is held still is free with the owner.
    func lost() {
        if let place = state.withLock({ $0.place }) { drop(place) }
    }

    func release(_ token: FencingToken) async throws(ManagerError) {
        try await release(by: try Request.call(reference.ident, "release_token", token.number))
    }
}
