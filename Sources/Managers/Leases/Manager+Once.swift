/// What came of ``Manager/once(_:lease:timeout:_:)``.
public enum OnceOutcome<Result: Sendable>: Sendable {
    /// This caller has done it.
    case ran(Result)
    /// Another had done it before.
    case alreadyDone

    /// Whether this caller has done it.
    public var hasRun: Bool {
        guard case .ran = self else { return false }
        return true
    }
}

extension OnceOutcome: Equatable where Result: Equatable {}
extension OnceOutcome: Hashable where Result: Hashable {}

extension Manager {
    /// Does something that is to be done once, whoever of many callers does it.
    ///
    /// ```swift
    /// try await manager.once("nightly-2026-11-26") { token in
    ///     try await report.fenced(by: token).append(try await count())
    /// }
    /// ```
    /// One caller's body runs at a time. It is *done* when a body has returned, and the server has
    /// heard of that. A body that throws, or whose process is gone, has not done it: the next
    /// caller runs its own, from the beginning. So what a body changes it should change under its
    /// token, or so that twice is as good as once.
    ///
    /// That it is done is remembered for as long as the server runs, or until ``forgetOnce(_:)``:
    /// what comes back every night has a name with the date in it.
    ///
    /// - Parameters:
    ///   - name: what is to be done, for all callers.
    ///   - lease: after how long another runs it where the one who does is gone.
    ///   - timeout: how long to wait for another who runs it; nil for as long as it takes.
    ///   - body: a task of its own, which is cancelled where the lease is lost.
    /// - Throws: ``ManagerError``: `timedOut`; `leaseLost` and `fenced` where another runs it
    ///   meanwhile; and what the body throws.
    @discardableResult
    public func once<Result: Sendable>(
        _ name: String, lease: Duration = .seconds(10), timeout: Duration? = nil,
        _ body: @escaping @Sendable (FencingToken) async throws -> Result
    ) async throws -> OnceOutcome<Result> {
        let done = try await event(named: Self.onceDone(name))
        if try await done.isSet { return .alreadyDone }
        let lock = try await lock(named: Self.onceLock(name))
        return try await lock.withLock(lease: lease, timeout: timeout) { token in
            let done = done.fenced(by: token)
            // From this call on nobody who ran it before can say any more that it is done.
            if try await done.isSet { return .alreadyDone }
            let result = try await body(token)
            try await done.set()
            return .ran(result)
        }
    }

    /// The same for a body that does without the token.
    ///
    /// - Throws: ``ManagerError``: `timedOut`; `leaseLost` and `fenced` where another runs it
    ///   meanwhile; and what the body throws.
    @discardableResult
    public func once<Result: Sendable>(
        _ name: String, lease: Duration = .seconds(10), timeout: Duration? = nil,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> OnceOutcome<Result> {
        try await once(name, lease: lease, timeout: timeout) { (_: FencingToken) in
            try await body()
        }
    }

    /// Forgets that something was done: it may be done once more. Not while somebody does it.
    ///
    /// - Throws: ``ManagerError``.
    public func forgetOnce(_ name: String) async throws(ManagerError) {
        for name in [Self.onceDone(name), Self.onceLock(name)] {
            do throws(ManagerError) {
                try await removeName(name)
            } catch  where error.exception?.name == "KeyError" || error.code == .objectGone {
                continue
            }
        }
    }

    private static func onceDone(_ name: String) -> String { "once.done:\(name)" }
    private static func onceLock(_ name: String) -> String { "once.lock:\(name)" }
}
