internal import Sockets
internal import Synchronization

/// Runs a task on the thread that waits for it, with whatever that task makes ready: no other
/// thread is needed, and none is there in a process that was forked.
final class ThreadExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// What wakes the thread, while it has nothing to do.
        var gate: ThreadGate?
    }

    private let state = Mutex(State())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let gate = state.withLock { state in
            state.jobs.append(job)
            return state.gate.take()
        }
        gate?.open()
    }

    /// Does something, and returns when it is done. One thread at a time.
    ///
    /// - Throws: what `body` throws; `ProcessError` with `system` where the thread cannot wait.
    func run<Outcome: Sendable>(
        _ body: @escaping @Sendable () async throws -> Outcome
    ) throws -> Outcome {
        let box = Box<Outcome>()
        // Not loose: this thread waits for it.
        Task(executorPreference: self) {
            do {
                let value = try await body()
                box.outcome.withLock { $0 = .success(value) }
            } catch {
                box.outcome.withLock { $0 = .failure(error) }
            }
        }
        while true {
            if let result = box.outcome.withLock({ $0 }) { return try result.get() }
            guard let job = next() else {
                try wait()
                continue
            }
            unsafe job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    private final class Box<Outcome: Sendable>: Sendable {
        let outcome = Mutex<Result<Outcome, any Error>?>(nil)
    }

    private func next() -> UnownedJob? {
        state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
    }

    /// Waits until there is a job.
    private func wait() throws(ProcessError) {
        let gate: ThreadGate
        do throws(SocketError) {
            gate = try ThreadGate()
        } catch {
            throw .system(error.reason, error)
        }
        let mustWait = state.withLock { state in
            guard state.jobs.isEmpty else { return false }
            state.gate = gate
            return true
        }
        if mustWait { gate.wait() }
    }
}
