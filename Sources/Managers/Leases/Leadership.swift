/// The leadership of a name: of all who campaign for it one leads at a time, and when it is gone
/// another does.
///
/// ```swift
/// let leadership = try await manager.leadership("scheduler")
/// try await leadership.lead { term in
///     let jobs = jobs.fenced(by: term.token)
///     while let job = try await next() { try await jobs.append(job) }
/// }
/// ```
/// It is a lock of that name, held by a lease: so stock Python programs may campaign too
/// (docs/PROTOCOL.md). Who has come first is elected first.
public struct Leadership: Sendable {
    /// A time of being the leader.
    public struct Term: Sendable, Hashable {
        /// Greater than that of every earlier term: what the leader changes it should change under
        /// it, lest a leader that was held up and has been replaced does so too.
        public let token: FencingToken
    }

    /// After how long another leads where a leader is gone.
    public let lease: Duration
    private let lock: LockProxy

    /// - Parameter lock: whoever has it leads.
    public init(by lock: LockProxy, lease: Duration = .seconds(10)) {
        self.lock = lock
        self.lease = lease
    }

    /// Waits until nobody else leads, and leads for as long as the body takes.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait; nil for as long as it takes.
    ///   - body: a task of its own, which is cancelled where the leadership is lost.
    /// - Throws: ``ManagerError``, `leaseLost` where another may lead, and `timedOut`; and what the
    ///   body throws.
    public func lead<Result: Sendable>(
        timeout: Duration? = nil, _ body: @escaping @Sendable (Term) async throws -> Result
    ) async throws -> Result {
        try await lock.withLock(lease: lease, timeout: timeout) { token in
            try await body(Term(token: token))
        }
    }

    /// The term that lasts now; nil where nobody leads.
    ///
    /// - Throws: ``ManagerError``.
    public var current: Term? {
        get async throws(ManagerError) {
            try await lock.fencingToken.map { Term(token: $0) }
        }
    }
}

extension Manager {
    /// The leadership of a name.
    ///
    /// - Parameters:
    ///   - name: that of a lock in the server's directory.
    ///   - lease: after how long another leads where a leader is gone.
    /// - Throws: ``ManagerError``; `unknownType` where the server has no directory.
    public func leadership(
        _ name: String, lease: Duration = .seconds(10)
    ) async throws(ManagerError) -> Leadership {
        Leadership(by: try await lock(named: name), lease: lease)
    }

    /// Leads whenever nobody else does, until a body ends as the leader.
    ///
    /// Where the leadership is lost the body is cancelled, and when it has ended, the next campaign
    /// begins; also where the server was started anew.
    ///
    /// - Parameters:
    ///   - name: that of a lock in the server's directory.
    ///   - lease: after how long another leads where a leader is gone.
    ///   - body: a task of its own, perhaps many times.
    /// - Throws: ``ManagerError``; and what the body throws as the leader.
    public func leadership<Result: Sendable>(
        _ name: String, lease: Duration = .seconds(10),
        _ body: @escaping @Sendable (Leadership.Term) async throws -> Result
    ) async throws -> Result {
        while true {
            do {
                return try await leadership(name, lease: lease).lead(body)
            } catch let error as ManagerError where error.code == .leaseLost {
                try Task.checkCancellation()
            }
        }
    }
}
