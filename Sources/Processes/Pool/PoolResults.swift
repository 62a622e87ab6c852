internal import Connections
internal import Sockets
internal import Synchronization

/// What comes of many inputs, one after the other: of CPython's `imap` and `imap_unordered`.
///
/// ```swift
/// for try await size in pool.imap(Measure(), over: files) { print(size) }
/// ```
///
/// The inputs are taken as they are needed: only so many parcels (``window`` for each worker) are
/// under way, or have come back and not been taken. It is gone through once. After an error one may
/// go on, by `next()`. What nobody can take any more, because the last copy is gone, is not begun.
public final class PoolResults<Output: Codable & Sendable>: AsyncSequence, Sendable {
    /// What comes of one input.
    public typealias Element = Output

    /// How many parcels for each worker are under way, or wait to be taken.
    public static var window: Int { 32 }

    /// Some inputs, which the pool has been given.
    struct Parcel {
        let id: PoolCore.ParcelID
        /// How many inputs there are.
        let count: Int
    }

    /// Takes the next inputs, and gives a parcel of them to the pool; nil when there are no more.
    typealias Source = (
        _ index: Int, _ completion: @escaping @Sendable (Result<[UInt8], ProcessError>) -> Void
    ) throws(ProcessError) -> Parcel?

    private struct State {
        /// nil when there are no more inputs.
        var source: Source?
        var failure: ProcessError?
        var nextParcel = 0
        /// The parcels that have not been taken.
        var parcels: [Int: Parcel] = [:]
        /// What has come back and has not been taken, in the order in which it came.
        var came: [Int: Result<[UInt8], ProcessError>] = [:]
        var order = FIFO<Int>()
        /// The parcel that is to be taken next, where they are taken in order.
        var nextTaken = 0
        /// What has been taken out of a parcel.
        var items = FIFO<Result<Output, ProcessError>>()
        /// How many inputs there have been.
        var given = 0
        var done = 0
        var waiting: [ObjectIdentifier: OneShot<Void>] = [:]
    }

    private let pool: ProcessPool
    private let isOrdered: Bool
    private let progress: PoolProgress.Handler?
    private let state: Mutex<State>

    init(
        _ pool: ProcessPool, isOrdered: Bool, progress: PoolProgress.Handler?,
        _ source: sending @escaping Source
    ) {
        self.pool = pool
        self.isOrdered = isOrdered
        self.progress = progress
        state = Mutex(State(source: source))
        refill()
    }

    deinit {
        let left = state.withLock { state in
            state.parcels.filter { state.came[$0.key] == nil }.map(\.value.id)
        }
        if !left.isEmpty { pool.withdraw(left) }
    }

    /// Goes through what comes.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let results: PoolResults

        /// Waits for what comes of the next input; nil when there are no more.
        ///
        /// - Throws: `ProcessError`: what went wrong with it, `cancelled`; as with
        ///   ``ProcessPool/apply(_:to:retries:)``.
        public func next() async throws(ProcessError) -> Output? {
            try await results.next()
        }

        /// Waits for what comes of the next input, for so long at the most; nil when there are no
        /// more: CPython's `next(timeout)`.
        ///
        /// - Throws: `ProcessError` with `timedOut` where it has not come: one may wait for it once
        ///   more; and as ``next()``.
        public func next(timeout: Duration) async throws(ProcessError) -> Output? {
            try await results.next(timeout: timeout)
        }

        /// The same; for `for try await`.
        public func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ProcessError) -> Output? {
            try await results.next()
        }
    }

    /// Goes through what comes; all iterators are one.
    public func makeAsyncIterator() -> Iterator {
        Iterator(results: self)
    }

    /// Gives the pool as many parcels as may be under way.
    private func refill() {
        state.withLock { state in
            while let source = state.source,
                state.parcels.count < Self.window * pool.processes
            {
                let index = state.nextParcel
                do throws(ProcessError) {
                    let parcel = try source(index) { [weak self] outcome in
                        self?.came(index, outcome)
                    }
                    guard let parcel else {
                        state.source = nil
                        return
                    }
                    state.nextParcel += 1
                    state.parcels[index] = parcel
                    state.given += parcel.count
                } catch {
                    state.source = nil
                    state.failure = error
                }
            }
        }
    }

    /// A parcel has come back.
    private func came(_ index: Int, _ outcome: Result<[UInt8], ProcessError>) {
        let waiting = state.withLock { state in
            state.came[index] = outcome
            if !isOrdered { state.order.append(index) }
            state.done += state.parcels[index]?.count ?? 0
            progress?(
                PoolProgress(
                    done: state.done, total: state.source == nil ? state.given : nil))
            return Array(state.waiting.values)
        }
        for each in waiting { each.complete(.success(())) }
    }

    private enum Step {
        case item(Result<Output, ProcessError>)
        case parcel(Result<[UInt8], ProcessError>, count: Int)
        case wait(OneShot<Void>)
        case end(ProcessError?)
    }

    private func next(timeout: Duration? = nil) async throws(ProcessError) -> Output? {
        let deadline = MonotonicClock.deadline(after: timeout)
        while true {
            switch step() {
            case .item(let item): return try item.get()
            case .end(let failure):
                if let failure { throw failure }
                return nil
            case .parcel(let outcome, let count):
                take(outcome, count)
                refill()
            case .wait(let shot):
                defer {
                    state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(shot)) }
                }
                try await wait(for: shot, timeout, until: deadline)
            }
        }
    }

    private func wait(
        for shot: OneShot<Void>, _ timeout: Duration?, until deadline: Int64
    ) async throws(ProcessError) {
        let left = timeout.map { _ in
            Duration.nanoseconds(Swift.max(0, deadline &- MonotonicClock.nanoseconds))
        }
        let hasCome: Void?
        do throws(ConnectionError) {
            hasCome = try await shot.value("waiting for a pool", within: left)
        } catch {
            throw error.code == .cancelled ? .cancelled : .system(error.reason, error)
        }
        if hasCome == nil { throw .resultTimedOut(timeout ?? .zero) }
    }

    private func step() -> Step {
        state.withLock { state in
            if let item = state.items.popFirst() { return .item(item) }
            let index = isOrdered ? state.nextTaken : state.order.popFirst()
            if let index, let outcome = state.came.removeValue(forKey: index) {
                state.nextTaken += 1
                let parcel = state.parcels.removeValue(forKey: index)
                return .parcel(outcome, count: parcel?.count ?? 0)
            }
            if state.parcels.isEmpty, state.source == nil { return .end(state.failure.take()) }
            let shot = OneShot<Void>()
            state.waiting[ObjectIdentifier(shot)] = shot
            return .wait(shot)
        }
    }

    private func take(_ outcome: Result<[UInt8], ProcessError>, _ count: Int) {
        let items: [Result<Output, ProcessError>]
        do throws(ProcessError) {
            items = try PoolMessage.outcomes(try outcome.get(), of: count, as: Output.self)
        } catch {
            items = Array(repeating: .failure(error), count: count)
        }
        state.withLock { state in
            for item in items { state.items.append(item) }
        }
    }
}

extension ProcessPool {
    /// Does a task with each of many inputs, and gives what comes of them, in their order, as it
    /// comes: CPython's `imap`.
    ///
    /// - Parameters:
    ///   - inputs: taken as they are needed.
    ///   - chunkSize: how many inputs are a parcel; for less than one the first result is a
    ///     `ProcessError` with `invalidArgument`.
    ///   - retries: how often a parcel may be done again where a worker dies over it.
    ///   - progress: told how far it has come.
    public func imap<Task: PoolTask, Inputs: Sequence<Task.Input>>(
        _ task: Task, over inputs: sending Inputs, chunkSize: Int = 1, retries: Int = 0,
        progress: PoolProgress.Handler? = nil
    ) -> PoolResults<Task.Output> {
        PoolResults(
            self, isOrdered: true, progress: progress,
            source(task, inputs.makeIterator(), chunkSize, retries))
    }

    /// The same in the order in which it comes: CPython's `imap_unordered`.
    ///
    /// - Parameters: as for ``imap(_:over:chunkSize:retries:progress:)``.
    public func imapUnordered<Task: PoolTask, Inputs: Sequence<Task.Input>>(
        _ task: Task, over inputs: sending Inputs, chunkSize: Int = 1, retries: Int = 0,
        progress: PoolProgress.Handler? = nil
    ) -> PoolResults<Task.Output> {
        PoolResults(
            self, isOrdered: false, progress: progress,
            source(task, inputs.makeIterator(), chunkSize, retries))
    }

    private func source<Task: PoolTask, Inputs: IteratorProtocol<Task.Input>>(
        _ task: Task, _ inputs: sending Inputs, _ chunkSize: Int, _ retries: Int
    ) -> sending PoolResults<Task.Output>.Source {
        var inputs = inputs
        var packer: PoolPacker?
        return { [self] (_, completion) throws(ProcessError) in
            try PoolCore.checkChunkSize(chunkSize)
            var chunk: [Task.Input] = []
            while chunk.count < chunkSize, let input = inputs.next() { chunk.append(input) }
            if chunk.isEmpty { return nil }
            var own = if let packer { packer } else { try PoolPacker(task) }
            let id = try submit(try own.parcel(chunk), retries: retries, completion)
            packer = own
            return PoolResults.Parcel(id: id, count: chunk.count)
        }
    }
}
