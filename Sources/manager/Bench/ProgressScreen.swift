import Sockets

/// Where progress is shown: standard error, if the user wants it.
struct ProgressScreen: Sendable {
    let isShown: Bool
    private let isTerminal = HostProcess.errorsGoToTerminal

    init(isShown: Bool) {
        self.isShown = isShown
    }

    /// Says what is done now.
    func show(_ text: String) {
        if isShown { HostProcess.printError(ProgressLine(isTerminal: isTerminal).word(text)) }
    }

    /// Takes away what it says.
    func clear() {
        if isShown { HostProcess.printError(ProgressLine(isTerminal: isTerminal).end) }
    }

    /// Says once a second what has been recorded, until the work is done.
    func following<Outcome: Sendable>(
        _ recorder: LatencyRecorder, _ work: @escaping @Sendable () async throws -> Outcome
    ) async throws -> Outcome {
        guard isShown else { return try await work() }
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                await follow(recorder)
                return nil
            }
            defer { group.cancelAll() }
            while let outcome = try await group.next() {
                if let outcome { return outcome }
            }
            throw CancellationError()
        }
    }

    private func follow(_ recorder: LatencyRecorder) async {
        var line = ProgressLine(isTerminal: isTerminal)
        let start = ContinuousClock.now
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            HostProcess.printError(
                line.next(elapsed: ContinuousClock.now - start, recorder.latencies))
        }
    }
}
