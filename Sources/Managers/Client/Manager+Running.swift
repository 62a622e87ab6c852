internal import Connections

extension Manager {
    /// The thread that waits for all connections of this process, as an executor of tasks.
    ///
    /// A call made there needs no other thread: what the tasks that are ready ask goes out in a few
    /// writes, and each goes on where its reply was read. That is nearly as fast as a blocking
    /// call, and with many tasks faster. While a task computes there, all connections of this
    /// process wait for it: so it is for tasks that mostly call.
    ///
    /// ```swift
    /// try await withTaskExecutorPreference(manager.executor) {
    ///     for word in words { try await counts.set(1, forKey: word) }
    /// }
    /// ```
    public var executor: any TaskExecutor { loop }

    /// Does something on the ``executor``, with all tasks that it starts.
    ///
    /// - Throws: what the body throws.
    public func run<Outcome: Sendable>(
        _ body: @Sendable () async throws -> Outcome
    ) async rethrows -> Outcome {
        try await withTaskExecutorPreference(loop) { try await body() }
    }
}
