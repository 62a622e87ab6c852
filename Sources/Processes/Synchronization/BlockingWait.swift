internal import Sockets
internal import Synchronization

/// Does something asynchronous, and holds the calling thread up until it is done.
///
/// - Throws: what it throws; `ProcessError` with `system`.
func waitHere<Outcome: Sendable>(
    _ body: @escaping @Sendable () async throws -> Outcome
) throws -> Outcome {
    let gate: ThreadGate
    do throws(SocketError) {
        gate = try ThreadGate()
    } catch {
        throw ProcessError.system(error.reason, error)
    }
    let outcome = Mutex<Result<Outcome, any Error>?>(nil)
    // The thread that waits is no task, so there is none whose child this could be.
    Task.detached {
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        outcome.withLock { $0 = result }
        gate.open()
    }
    gate.wait()
    guard let result = outcome.withLock({ $0 }) else { throw ProcessError.waitCancelled }
    return try result.get()
}
