import Dispatch
import Synchronization

/// Waits on the calling thread for what a task does.
///
/// The command's `main` is not async, because that starts threads before it is known whether any is
/// wanted, and `serve` is faster as the only thread of its process.
func waitForTask(_ work: @escaping @Sendable () async throws -> Void) throws {
    let outcome = TaskOutcome()
    Task.detached {
        do {
            try await work()
            outcome.set(.success(()))
        } catch {
            outcome.set(.failure(error))
        }
    }
    try outcome.wait().get()
}

/// What a task comes to, for a thread that waits.
private final class TaskOutcome: Sendable {
    private let result = Mutex<Result<Void, any Error>>(.success(()))
    private let isSet = DispatchSemaphore(value: 0)

    func set(_ value: Result<Void, any Error>) {
        result.withLock { $0 = value }
        isSet.signal()
    }

    func wait() -> Result<Void, any Error> {
        isSet.wait()
        return result.withLock { $0 }
    }
}
