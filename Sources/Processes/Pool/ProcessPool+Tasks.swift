extension ProcessPool {
    /// Has one worker do a task with one input, and waits for what comes of it: CPython's `apply`.
    ///
    /// Cancelled, the task is not done if it has not begun.
    ///
    /// - Parameter retries: how often it may be done again where a worker dies over it.
    /// - Throws: `ProcessError` with `taskFailed`, `workerDied`, `noWorkers`, `closed`,
    ///   `unknownType`, `encoding`, `cancelled`.
    public func apply<Task: PoolTask>(
        _ task: Task, to input: Task.Input, retries: Int = 0
    ) async throws(ProcessError) -> Task.Output {
        let job = try begin(task, [[input]], retries: retries, progress: nil)
        return try await get(job)[0]
    }

    /// The same, without waiting: CPython's `apply_async`.
    ///
    /// - Parameters:
    ///   - callback: told what came of it, where all went well.
    ///   - errorCallback: told what went wrong, where something did. Both are called as a task.
    /// - Throws: `ProcessError` with `noWorkers`, `closed`, `unknownType`, `encoding`.
    public func applyAsync<Task: PoolTask>(
        _ task: Task, to input: Task.Input, retries: Int = 0,
        callback: (@Sendable (Task.Output) -> Void)? = nil,
        errorCallback: (@Sendable (ProcessError) -> Void)? = nil
    ) throws(ProcessError) -> AsyncResult<Task.Output> {
        let result = AsyncResult<Task.Output>()
        var packer = try PoolPacker(task)
        _ = try submit(try packer.parcel([input]), retries: retries) { [self] outcome in
            result.complete {
                outcome.flatMap { Self.first($0) }
            }
            withExtendedLifetime(self) {}
        }
        Self.report(result, callback, errorCallback)
        return result
    }

    private static func first<Output: Codable & Sendable>(
        _ message: [UInt8]
    ) -> Result<Output, ProcessError> {
        do throws(ProcessError) {
            return try PoolMessage.outcomes(message, of: 1, as: Output.self)[0]
        } catch {
            return .failure(error)
        }
    }

    /// Does a task with each of many inputs, and waits for what comes of them, in their order:
    /// CPython's `map`.
    ///
    /// All are done, whatever comes of one. Cancelled, those are not done that have not begun. One
    /// must not wait for another: where parcels take little time and many are left, a worker has
    /// several.
    ///
    /// - Parameters:
    ///   - chunkSize: how many inputs are a parcel; nil for such that each worker gets about four.
    ///   - retries: how often a parcel may be done again where a worker dies over it.
    ///   - progress: told how far it has come: for example ``ProgressBar/show(_:)``.
    /// - Throws: `ProcessError`: what went wrong with the first input with which something did; see
    ///   ``apply(_:to:retries:)``.
    @inlinable
    public func map<Task: PoolTask>(
        _ task: Task, over inputs: some Sequence<Task.Input>, chunkSize: Int? = nil,
        retries: Int = 0, progress: PoolProgress.Handler? = nil
    ) async throws(ProcessError) -> [Task.Output] {
        // Made an array where the sequence's type is known.
        try await map(
            task, overAll: Array(inputs), chunkSize: chunkSize, retries: retries,
            progress: progress)
    }

    @usableFromInline
    func map<Task: PoolTask>(
        _ task: Task, overAll inputs: [Task.Input], chunkSize: Int?, retries: Int,
        progress: PoolProgress.Handler?
    ) async throws(ProcessError) -> [Task.Output] {
        let chunks = try chunks(of: inputs, chunkSize)
        return try await get(try begin(task, chunks, retries: retries, progress: progress))
    }

    /// The same, without waiting: CPython's `map_async`.
    ///
    /// - Parameters: as for ``map(_:over:chunkSize:retries:progress:)`` and
    ///   ``applyAsync(_:to:retries:callback:errorCallback:)``.
    /// - Throws: `ProcessError` with `noWorkers`, `closed`, `unknownType`, `encoding`.
    public func mapAsync<Task: PoolTask>(
        _ task: Task, over inputs: some Sequence<Task.Input>, chunkSize: Int? = nil,
        retries: Int = 0, progress: PoolProgress.Handler? = nil,
        callback: (@Sendable ([Task.Output]) -> Void)? = nil,
        errorCallback: (@Sendable (ProcessError) -> Void)? = nil
    ) throws(ProcessError) -> AsyncResult<[Task.Output]> {
        let chunks = try chunks(of: Array(inputs), chunkSize)
        let job = try begin(task, chunks, retries: retries, progress: progress)
        Self.report(job.result, callback, errorCallback)
        return job.result
    }

    /// Does a task with each of many pairs of inputs: CPython's `starmap`.
    ///
    /// - Parameters: as for ``map(_:over:chunkSize:retries:progress:)``.
    /// - Throws: `ProcessError`, as `map`.
    public func starmap<Task: BinaryPoolTask>(
        _ task: Task, over inputs: some Sequence<(Task.First, Task.Second)>, chunkSize: Int? = nil,
        retries: Int = 0, progress: PoolProgress.Handler? = nil
    ) async throws(ProcessError) -> [Task.Output] {
        try await map(
            StarredTask(task), over: inputs.map(PoolPair.init), chunkSize: chunkSize,
            retries: retries, progress: progress)
    }

    /// The same, without waiting: CPython's `starmap_async`.
    ///
    /// - Parameters: as for
    /// ``mapAsync(_:over:chunkSize:retries:progress:callback:errorCallback:)``.
    /// - Throws: `ProcessError` with `noWorkers`, `closed`, `unknownType`, `encoding`.
    public func starmapAsync<Task: BinaryPoolTask>(
        _ task: Task, over inputs: some Sequence<(Task.First, Task.Second)>, chunkSize: Int? = nil,
        retries: Int = 0, progress: PoolProgress.Handler? = nil,
        callback: (@Sendable ([Task.Output]) -> Void)? = nil,
        errorCallback: (@Sendable (ProcessError) -> Void)? = nil
    ) throws(ProcessError) -> AsyncResult<[Task.Output]> {
        try mapAsync(
            StarredTask(task), over: inputs.map(PoolPair.init), chunkSize: chunkSize,
            retries: retries, progress: progress, callback: callback,
            errorCallback: errorCallback)
    }

    // MARK: Jobs

    /// Parcels whose outcomes are one result.
    private struct Job<Output: Sendable> {
        let result: AsyncResult<[Output]>
        let parcels: [PoolCore.ParcelID]
    }

    private func chunks<Input>(
        of inputs: [Input], _ size: Int?
    ) throws(ProcessError) -> [ArraySlice<Input>] {
        try PoolCore.checkChunkSize(size ?? 1)
        let parts = processes * 4
        let size = size ?? max(1, (inputs.count + parts - 1) / parts)
        return stride(from: 0, to: inputs.count, by: size).map { start in
            inputs[start..<min(start + size, inputs.count)]
        }
    }

    private func begin<Task: PoolTask>(
        _ task: Task, _ chunks: [ArraySlice<Task.Input>], retries: Int,
        progress: PoolProgress.Handler?
    ) throws(ProcessError) -> Job<Task.Output> {
        let result = AsyncResult<[Task.Output]>()
        let counts = chunks.map(\.count)
        let gathering = PoolGathering(counts, progress: progress) { outcomes in
            result.complete {
                PoolGathering.outputs(outcomes, of: counts, as: Task.Output.self)
            }
        }
        var parcels: [PoolCore.ParcelID] = []
        var packer = try PoolPacker(task)
        do throws(ProcessError) {
            for (index, chunk) in chunks.enumerated() {
                let parcel = try packer.parcel(Array(chunk))
                // The pool lives for as long as something is to be done.
                parcels.append(
                    try submit(parcel, retries: retries) { [self] outcome in
                        gathering.came(index, outcome)
                        withExtendedLifetime(self) {}
                    })
            }
        } catch {
            withdraw(parcels)
            throw error
        }
        return Job(result: result, parcels: parcels)
    }

    private func get<Output>(_ job: Job<Output>) async throws(ProcessError) -> [Output] {
        do throws(ProcessError) {
            return try await job.result.get()
        } catch {
            if error.code == .cancelled { withdraw(job.parcels) }
            throw error
        }
    }

    /// Calls back, if somebody wants that.
    private static func report<Value>(
        _ result: AsyncResult<Value>, _ callback: (@Sendable (Value) -> Void)?,
        _ errorCallback: (@Sendable (ProcessError) -> Void)?
    ) {
        guard callback != nil || errorCallback != nil else { return }
        // Not loose: it ends with the result.
        _Concurrency.Task.detached {
            do throws(ProcessError) {
                let value = try await result.get()
                callback?(value)
            } catch {
                errorCallback?(error)
            }
        }
    }
}
