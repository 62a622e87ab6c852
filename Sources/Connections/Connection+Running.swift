extension Connection {
    /// The thread that waits for all connections of this process, as an executor of tasks.
    ///
    /// Whoever sends and receives there needs no other thread: a task goes on where its message was
    /// read. While a task computes there, all connections of this process wait for it: so it is for
    /// tasks that mostly send and receive.
    public var executor: any TaskExecutor { channel.loop }

    /// Does something on the ``executor``, with all tasks that it starts.
    ///
    /// ```swift
    /// try await connection.run {
    ///     while let question = try? await connection.receive(String.self) {
    ///         try await connection.send(question.uppercased())
    ///     }
    /// }
    /// ```
    ///
    /// - Throws: what the body throws.
    public func run<Outcome: Sendable>(
        _ body: @Sendable () async throws -> Outcome
    ) async rethrows -> Outcome {
        try await withTaskExecutorPreference(channel.loop) { try await body() }
    }
}
