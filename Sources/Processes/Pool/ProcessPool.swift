internal import Connections
internal import Sockets
internal import Synchronization

/// Processes that do what they are given, each one thing after the other: CPython's `Pool`.
///
/// ```swift
/// let squares = try await withProcessPool(processes: 4) { pool in
///     try await pool.map(Square(), over: 0..<10)
/// }
/// ```
///
/// A worker that dies takes nothing with it but the parcel that it was at: that fails with
/// `workerDied`, or is done once more where the caller says so, and another worker takes its place.
/// So nobody waits for ever.
///
/// When the last reference to it goes, the workers are terminated; when this process ends, in
/// whatever way, they end too.
public final class ProcessPool: Sendable {
    /// Most bytes of one parcel, or of what comes of it: 1 GiB.
    public static let messageSizeLimit = 1 << 30

    typealias Completion = @Sendable (Result<[UInt8], ProcessError>) -> Void

    private struct Parcel {
        let parcel: PoolParcel
        /// How often it may be done again where its worker dies over it.
        var retries: Int
        let completion: Completion
    }

    private struct Worker {
        let line: PoolLine
        let process: ChildProcess
        /// Its line and its process have to end, in whatever order.
        var partsLeft = 2
    }

    private struct State {
        var core: PoolCore
        var parcels: [PoolCore.ParcelID: Parcel] = [:]
        var nextParcel = 0
        var workers: [PoolCore.WorkerID: Worker] = [:]
        /// Those that have been started and have not ended.
        var alive = 0
        /// Why nothing more is done.
        var end: ProcessError?
        /// Why the last worker that ended before it was ready did so.
        var lastReason: String?
        var joiners: [ObjectIdentifier: OneShot<Void>] = [:]
    }

    /// How many workers there are.
    public let processes: Int
    private let initializer: (any ProcessTarget)?
    private let context: ProcessContext
    private let loop: IOLoop
    private let state: Mutex<State>

    /// Starts the workers. It does not wait for them.
    ///
    /// - Parameters:
    ///   - processes: how many; nil for as many as there are CPUs that this process may use.
    ///   - initializer: what each of them does first.
    ///   - maxTasksPerChild: after how many parcels a worker is replaced by a fresh one; nil for
    ///     never.
    ///   - context: how they are started.
    /// - Throws: `ProcessError` with `invalidArgument` for less than one process, or than one task;
    ///   `daemonicParent`, `unknownType` and `encoding` for the initializer, `system`.
    public init(
        processes: Int? = nil, initializer: (any ProcessTarget)? = nil,
        maxTasksPerChild: Int? = nil, context: ProcessContext = .default
    ) throws(ProcessError) {
        self.processes = processes ?? ChildProcess.usableCPUCount
        guard self.processes > 0 else {
            throw ProcessError(.invalidArgument, "a pool of \(self.processes) processes")
        }
        guard maxTasksPerChild ?? 1 > 0 else {
            throw ProcessError(
                .invalidArgument, "a worker that does \(maxTasksPerChild ?? 0) tasks")
        }
        if ChildProcess.current.daemon { throw .daemonicParent }
        self.initializer = initializer
        self.context = context
        do throws(ConnectionError) {
            loop = try IOLoop.shared()
        } catch {
            throw .system(error.reason, error)
        }
        state = Mutex(
            State(core: PoolCore(size: self.processes, parcelsPerWorker: maxTasksPerChild)))
        // What cannot travel is told now.
        if let initializer { try PoolWork.check(initializer) }
        act { $0.core.start() }
    }

    deinit {
        for worker in state.withLock({ $0.workers.values }) { try? worker.process.terminate() }
    }

    // MARK: Parcels

    /// Takes a parcel.
    ///
    /// - Returns: its name, to withdraw it.
    /// - Throws: `ProcessError` with `closed`, `noWorkers`.
    func submit(
        _ parcel: PoolParcel, retries: Int, _ completion: @escaping Completion
    ) throws(ProcessError) -> PoolCore.ParcelID {
        let now = MonotonicClock.nanoseconds
        let result = actReturning {
            state -> (Result<PoolCore.ParcelID, ProcessError>, [PoolCore.Action]) in
            if let end = state.end { return (.failure(end), []) }
            if state.core.isClosed { return (.failure(.poolClosed), []) }
            let id = state.nextParcel
            state.nextParcel += 1
            state.parcels[id] = Parcel(parcel: parcel, retries: retries, completion: completion)
            return (.success(id), state.core.add(id, at: now))
        }
        return try result.get()
    }

    /// Takes back those of the parcels that have not been given out. Nobody hears of any of them.
    func withdraw(_ parcels: [PoolCore.ParcelID]) {
        let all = Set(parcels)
        state.withLock { state in
            state.core.withdraw(all)
            for id in all { state.parcels[id] = nil }
        }
    }

    // MARK: Its end

    /// Takes no more tasks; the workers end when all have been done.
    public func close() {
        act { $0.core.close(at: MonotonicClock.nanoseconds) }
    }

    /// Ends the workers at once, by SIGTERM; what has not been done fails with `closed`.
    public func terminate() {
        end(.poolTerminated)
    }

    private func end(_ reason: ProcessError) {
        let (workers, parcels) = state.withLock { state in
            state.end = state.end ?? reason
            _ = state.core.close(at: MonotonicClock.nanoseconds)
            state.core.withdraw(Set(state.parcels.keys))
            defer { state.parcels = [:] }
            return (Array(state.workers.values), Array(state.parcels.values))
        }
        for worker in workers { try? worker.process.terminate() }
        for parcel in parcels { parcel.completion(.failure(reason)) }
    }

    /// Waits until all workers have ended, after `close()` or `terminate()`.
    ///
    /// - Throws: `ProcessError` with `stillRunning` before that, `cancelled`.
    public func join() async throws(ProcessError) {
        let shot = OneShot<Void>()
        let name = ObjectIdentifier(shot)
        let isOver = try state.withLock { state throws(ProcessError) in
            guard state.core.isClosed else { throw .poolRuns }
            if state.alive == 0 { return true }
            state.joiners[name] = shot
            return false
        }
        if isOver { return }
        defer { state.withLock { _ = $0.joiners.removeValue(forKey: name) } }
        do throws(ConnectionError) {
            try await shot.value("joining a pool")
        } catch {
            throw .cancelled
        }
    }

    // MARK: Carrying out

    /// What is left to do once the lock is free.
    private struct Aftermath {
        var lines: [PoolLine] = []
        var retired: [PoolLine] = []
        var births: [PoolCore.WorkerID] = []
        var failed: [Completion] = []
        var givesUp = false
    }

    private func act(_ body: (inout State) -> [PoolCore.Action]) {
        actReturning { state -> (Void, [PoolCore.Action]) in ((), body(&state)) }
    }

    private func actReturning<Outcome: Sendable>(
        _ body: (inout State) -> (Outcome, [PoolCore.Action])
    ) -> Outcome {
        let (outcome, aftermath) = state.withLock { state in
            let (outcome, actions) = body(&state)
            var aftermath = Aftermath()
            Self.carryOut(actions, &state, &aftermath)
            return (outcome, aftermath)
        }
        for id in aftermath.births { begin(id) }
        for line in aftermath.lines { line.flush() }
        for line in aftermath.retired { line.finish() }
        for completion in aftermath.failed { completion(.failure(.workerDied)) }
        if aftermath.givesUp {
            end(.noWorkers(state.withLock { $0.lastReason }))
        }
        return outcome
    }

    private static func carryOut(
        _ actions: [PoolCore.Action], _ state: inout State, _ aftermath: inout Aftermath
    ) {
        for action in actions {
            switch action {
            case .send(let parcel, let id):
                guard let worker = state.workers[id] else { break }
                // One that was withdrawn meanwhile is nothing to do.
                worker.line.put(state.parcels[parcel]?.parcel ?? .empty)
                if aftermath.lines.last !== worker.line { aftermath.lines.append(worker.line) }
            case .retire(let id):
                if let worker = state.workers[id] { aftermath.retired.append(worker.line) }
            case .start(let id):
                state.alive += 1
                aftermath.births.append(id)
            case .fail(let id):
                guard let parcel = state.parcels[id] else { break }
                if parcel.retries > 0 {
                    state.parcels[id]?.retries -= 1
                    let more = state.core.repeated(id, at: MonotonicClock.nanoseconds)
                    carryOut(more, &state, &aftermath)
                } else {
                    state.parcels[id] = nil
                    aftermath.failed.append(parcel.completion)
                }
            case .giveUp: aftermath.givesUp = true
            }
        }
    }

    // MARK: Workers

    private static func socketPair() throws(ProcessError) -> (
        pool: SharedDescriptor, worker: SharedDescriptor
    ) {
        do throws(SocketError) {
            return try Descriptor.pair().split { (SharedDescriptor($0), SharedDescriptor($1)) }
        } catch {
            throw .system(error.reason, error)
        }
    }

    /// Starts a worker.
    private func begin(_ id: PoolCore.WorkerID) {
        // Not loose: it ends with the worker.
        Task.detached { [weak self] in
            guard let process = await self?.start(id) else { return }
            _ = try? await process.join()
            self?.processEnded(id)
        }
    }

    /// - Returns: nil where it could not be started; then all is done that is to be.
    private func start(_ id: PoolCore.WorkerID) async -> ChildProcess? {
        do throws(ProcessError) {
            let (own, other) = try Self.socketPair()
            let process = makeProcess(PoolWork(other, initializer: initializer))
            let line = PoolLine(own, loop: loop) { [weak self] event in self?.take(event, id) }
            state.withLock { $0.workers[id] = Worker(line: line, process: process) }
            try await process.start()
            do throws(ProcessError) {
                try line.start()
            } catch {
                try? process.kill()
                throw error
            }
            if state.withLock({ $0.end }) != nil { try? process.terminate() }
            return process
        } catch {
            state.withLock { state in
                state.lastReason = error.description
                state.workers[id]?.partsLeft = 1
            }
            lineEnded(id)
            return nil
        }
    }

    private func makeProcess(_ work: PoolWork) -> ChildProcess {
        if context.method == .fork {
            return ChildProcess(ForkedPoolWorker(work: work), daemon: true, context: context)
        }
        return ChildProcess(PoolWorker(work: work), daemon: true, context: context)
    }

    /// A worker has said something. On the loop's thread.
    private func take(_ event: PoolLine.Event, _ id: PoolCore.WorkerID) {
        guard case .messages(let messages) = event else { return lineEnded(id) }
        let now = MonotonicClock.nanoseconds
        var answers = messages[...]
        // What the initializer has come to is said once, and first.
        switch answers.first?.first.flatMap(PoolMessage.Kind.init) {
        case .ready:
            answers.removeFirst()
            act { $0.core.ready(id, at: now) }
        case .notReady:
            let reason = PoolMessage.reason(answers.removeFirst())
            state.withLock { $0.lastReason = reason }
        case .done, .partlyDone, .impossible, nil: break
        }
        if !answers.isEmpty { take(answers, id, at: now) }
    }

    /// A worker has answered parcels.
    private func take(_ answers: ArraySlice<[UInt8]>, _ id: PoolCore.WorkerID, at now: Int64) {
        let completions = actReturning { state -> ([Completion?], [PoolCore.Action]) in
            let (parcels, actions) = state.core.answered(id, answers.count, at: now)
            let done = parcels.map { (id: PoolCore.ParcelID) -> Completion? in
                state.parcels.removeValue(forKey: id)?.completion
            }
            return (done, actions)
        }
        for (completion, answer) in zip(completions, answers) { completion?(.success(answer)) }
    }

    /// A worker says nothing more: what it had to do fails, or is for others.
    private func lineEnded(_ id: PoolCore.WorkerID) {
        let process = state.withLock { $0.workers[id]?.process }
        act { $0.core.ended(id, at: MonotonicClock.nanoseconds) }
        partEnded(id)
        // It is as good as dead, if it is not; one that ends by itself does so without a signal.
        if let process { Self.seeOff(process) }
    }

    /// Ends a process that has closed its line and does not end by itself.
    private static func seeOff(_ process: ChildProcess) {
        // Not loose: it ends with the process.
        Task.detached {
            if try await !process.join(timeout: .seconds(1)) { try process.kill() }
        }
    }

    /// What a worker said before it ended is read still, and then its line ends too: also where it
    /// has children of its own that keep its socket open.
    private func processEnded(_ id: PoolCore.WorkerID) {
        state.withLock { $0.workers[id]?.line }?.close()
        partEnded(id)
    }

    /// Forgets a worker, once nothing of it is left.
    private func partEnded(_ id: PoolCore.WorkerID) {
        let joiners = state.withLock { state -> [OneShot<Void>] in
            if let left = state.workers[id]?.partsLeft, left > 1 {
                state.workers[id]?.partsLeft = left - 1
                return []
            }
            state.workers[id] = nil
            state.alive -= 1
            return state.alive == 0 && state.core.isClosed ? Array(state.joiners.values) : []
        }
        for joiner in joiners { joiner.complete(.success(())) }
    }
}

/// Does something with a pool, and terminates it.
///
/// - Parameters: as for ``ProcessPool/init(processes:initializer:maxTasksPerChild:context:)``.
/// - Returns: what `body` returns; then all workers have ended.
/// - Throws: what `body` throws, and what starting a pool throws.
public func withProcessPool<Outcome>(
    processes: Int? = nil, initializer: (any ProcessTarget)? = nil, maxTasksPerChild: Int? = nil,
    context: ProcessContext = .default, _ body: (ProcessPool) async throws -> Outcome
) async throws -> Outcome {
    let pool = try ProcessPool(
        processes: processes, initializer: initializer, maxTasksPerChild: maxTasksPerChild,
        context: context)
    let outcome: Result<Outcome, any Error>
    do {
        outcome = .success(try await body(pool))
    } catch {
        outcome = .failure(error)
    }
    pool.terminate()
    try? await pool.join()
    return try outcome.get()
}
