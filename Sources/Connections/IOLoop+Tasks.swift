package import Sockets
internal import Synchronization

// Swift's pool has no threads in a process that has been forked, and nobody there keeps its time:
// what the library does by itself runs on the loop then.
extension IOLoop {
    /// Starts what is no child of anybody's.
    @discardableResult
    package static func start<Outcome: Sendable>(
        _ body: @escaping @Sendable () async -> Outcome
    ) -> Task<Outcome, Never> {
        guard HostProcess.isForked, let loop = try? shared() else {
            // What it is started for says when it ends.
            return Task { await body() }
        }
        return Task(executorPreference: loop) { await body() }
    }

    /// Waits until a task has ended, and cancels it when the time is over.
    package static func end<Outcome: Sendable>(
        _ task: Task<Outcome, Never>, within time: Duration
    ) async {
        let ended = OneShot<Void>()
        start {
            _ = await task.value
            ended.complete(.success(()))
        }
        if (try? await ended.value("ending", within: time)) == nil { task.cancel() }
    }

    /// Lets some time pass.
    ///
    /// - Returns: false where the task was cancelled meanwhile.
    package static func sleep(for time: Duration) async -> Bool {
        guard HostProcess.isForked, let loop = try? shared() else {
            return (try? await Task.sleep(for: time)) != nil
        }
        let end = OneShot<Void>()
        let timer = loop.schedule(at: MonotonicClock.deadline(after: time)) {
            end.complete(.success(()))
        }
        defer { loop.cancel(timer) }
        return (try? await end.value("sleeping")) != nil
    }

    /// Does something asynchronous, and holds the calling thread up until it is done.
    ///
    /// - Throws: `.tooManyDescriptors`, `.system`; then it has not been done.
    package static func wait<Outcome: Sendable>(
        for body: @escaping @Sendable () async -> Outcome
    ) throws(SocketError) -> Outcome {
        let gate = try ThreadGate()
        let outcome = Mutex<Outcome?>(nil)
        // The thread that waits is no task, so there is none whose child this could be.
        start {
            let value = await body()
            outcome.withLock { $0 = value }
            gate.open()
        }
        while true {
            gate.wait()
            if let value = outcome.withLock({ $0 }) { return value }
        }
    }
}
