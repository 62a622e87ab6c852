internal import Connections

/// Renews a lease for as long as something is done under it.
///
/// It does so on the thread that waits for all connections, with that one's timers: so a lease is
/// not lost because this process has all others busy. It goes on for as long as this process runs
/// and reaches the server: so a lease says after how long others take over where it does not, and
/// not how long the work may take.
struct LeaseKeeper: Sendable {
    let door: any GrantDoor
    let token: FencingToken
    let lease: Duration

    fileprivate var executor: any TaskExecutor { door.reference.manager.executor }

    private enum Attempt {
        case renewed
        case failed
        case lost(ManagerError)
    }

    /// Renews until the lease is lost, or the task is cancelled.
    ///
    /// - Parameter clock: of the grant.
    /// - Returns: why it is lost; nil where the task was cancelled.
    func run(_ clock: LeaseClock) async -> ManagerError? {
        var clock = clock
        while await pause(until: clock.next) {
            if let error = await renew(&clock) { return error }
        }
        return nil
    }

    /// - Returns: false where the task was cancelled.
    private func pause(until instant: LeaseClock.Instant) async -> Bool {
        do {
            let patience = max(.zero, instant - .now)
            _ = try await OneShot<Void>().value("to renew a lease", within: patience)
            return true
        } catch {
            return false
        }
    }

    /// Renews once, or finds out that it cannot be done now.
    ///
    /// - Returns: why the lease is lost.
    private func renew(_ clock: inout LeaseClock) async -> ManagerError? {
        let asked = ContinuousClock.now
        guard !clock.isOver(at: asked) else { return .leaseUnrenewed }
        switch await attempt(until: clock.end) {
        case .renewed: clock.renewed(asked: asked)
        case .failed: clock.failed(at: .now)
        case .lost(let error): return error
        }
        return nil
    }

    /// Renews for the first time a lease whose grant was waited for: only that tells how long it
    /// surely lasts.
    fileprivate func confirm() async -> Result<LeaseClock, ManagerError> {
        let clock = LeaseClock(lease, asked: .now)
        switch await attempt(until: clock.end) {
        case .renewed: return .success(clock)
        case .failed: return .failure(.leaseUnrenewed)
        case .lost(let error): return .failure(error)
        }
    }

    private func attempt(until end: ContinuousClock.Instant) async -> Attempt {
        await withTaskGroup { group in
            group.addTask {
                do throws(ManagerError) {
                    try await door.renew(token, for: lease)
                    return Attempt.renewed
                } catch {
                    return error.endsLease ? .lost(.leaseLost(error)) : .failed
                }
            }
            group.addTask {
                _ = await pause(until: end)
                return .failed
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failed
        }
    }
}

extension GrantDoor {
    /// Does something while holding a grant that has a lease, which is renewed meanwhile.
    ///
    /// - Parameter late: what to say where it was not granted in time.
    func holding<Result: Sendable>(
        lease: Duration, timeout: Duration?, late: String,
        _ body: @escaping @Sendable (FencingToken) async throws -> Result
    ) async throws -> Result {
        let asked = ContinuousClock.now
        guard let token = try await acquire(lease: lease, timeout: timeout) else {
            throw ManagerError.timedOut(late)
        }
        let keeper = LeaseKeeper(door: self, token: token, lease: lease)
        var clock = LeaseClock(lease, asked: asked)
        if ContinuousClock.now >= clock.next {
            // Loose, and waited for here: what was granted to a caller who is cancelled just now
            // goes back in the usual way, after a body that ends soon.
            let confirming = Task(executorPreference: keeper.executor) { await keeper.confirm() }
            switch await confirming.value {
            case .success(let confirmed): clock = confirmed
            case .failure(let error):
                lost()
                throw error
            }
        }
        let (outcome, loss) = await keeper.during(clock) { try await body(token) }
        if let loss {
            lost()
            throw loss
        }
        return try await releasingAfterwards {
            try outcome.get()
        } _: { () throws(ManagerError) in
            try await release(token)
        }
    }

    /// Does something while holding a grant that is known by its token.
    ///
    /// - Parameter regained: gives back what the body has given up and taken again, and tells
    ///   whether that was so; nil where it is an error.
    func holding<Result>(
        timeout: Duration?, late: String, _ body: (FencingToken) async throws -> Result,
        regained: (@Sendable () async throws(ManagerError) -> Bool)? = nil
    ) async throws -> Result {
        guard let token = try await acquire(lease: nil, timeout: timeout) else {
            throw ManagerError.timedOut(late)
        }
        return try await releasingAfterwards {
            try await body(token)
        } _: { () throws(ManagerError) in
            do throws(ManagerError) {
                try await release(token)
            } catch {
                guard error.code == .leaseLost, try await regained?() == true else { throw error }
            }
        }
    }
}

extension LeaseKeeper {
    private enum Step<Outcome: Sendable> {
        case ended(Result<Outcome, any Error>)
        case kept(ManagerError?)
    }

    /// Does something while the lease is renewed, and cancels it where that is lost.
    ///
    /// - Returns: what came of it, and why the lease was lost before.
    fileprivate func during<Outcome: Sendable>(
        _ clock: LeaseClock, _ body: @escaping @Sendable () async throws -> Outcome
    ) async -> (outcome: Result<Outcome, any Error>, loss: ManagerError?) {
        // Loose, because it goes on where the caller is cancelled: what is done ends a while after,
        // and holds the lock until then. It is cancelled, and waited for, below.
        let keeping = Task(executorPreference: executor) { await run(clock) }
        return await withTaskGroup(of: Step<Outcome>.self) { group in
            group.addTask {
                do {
                    return .ended(.success(try await body()))
                } catch {
                    return .ended(.failure(error))
                }
            }
            group.addTask { .kept(await keeping.value) }
            var outcome = Result<Outcome, any Error>.failure(CancellationError())
            var loss: ManagerError?
            for await step in group {
                switch step {
                case .ended(let result):
                    outcome = result
                    keeping.cancel()
                case .kept(let error):
                    loss = error
                    group.cancelAll()
                }
            }
            return (outcome, loss)
        }
    }
}

extension ManagerError {
    /// A lease may have run out, for the server was not to be reached in time.
    static let leaseUnrenewed = ManagerError(
        .leaseLost, "the lease could not be renewed in time, so that it may be another's now")

    /// A lease is lost because of this.
    fileprivate static func leaseLost(_ error: ManagerError) -> ManagerError {
        guard error.code != .leaseLost else { return error }
        return ManagerError(
            .leaseLost, "the lease was lost: \(error.reason)", exception: error.exception,
            underlying: error)
    }

    /// Whether a lease is lost that could not be renewed because of this.
    fileprivate var endsLease: Bool {
        switch code {
        case .connectionLost, .unreachable, .timedOut, .cancelled, .system: false
        default: true
        }
    }
}
