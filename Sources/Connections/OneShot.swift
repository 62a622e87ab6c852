internal import Synchronization

/// One value that one task waits for, and that comes once: the first outcome counts, whether it
/// comes before or after the task begins to wait; its cancellation is an outcome too.
package final class OneShot<Value: Sendable>: Sendable {
    package typealias Outcome = Result<Value, ConnectionError>

    private enum State {
        case empty
        case waits(CheckedContinuation<Outcome, Never>)
        case full(Outcome)
        case over
    }

    private let state = Mutex(State.empty)

    package init() {}

    /// Gives the outcome.
    ///
    /// - Returns: false when there was one before; then this one has been taken by nobody.
    @discardableResult
    package func complete(_ outcome: Outcome) -> Bool {
        let (isFirst, continuation) = state.withLock { state in
            switch state {
            case .empty:
                state = .full(outcome)
                return (true, CheckedContinuation<Outcome, Never>?.none)
            case .waits(let continuation):
                state = .over
                return (true, continuation)
            case .full, .over: return (false, nil)
            }
        }
        continuation?.resume(returning: outcome)
        return isFirst
    }

    /// Waits for the outcome.  Call it once.
    ///
    /// - Throws: `.cancelled`, naming `what`, or what the outcome says.
    package func value(_ what: String) async throws(ConnectionError) -> Value {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Outcome? in
                    guard case .full(let outcome) = state else {
                        state = .waits(continuation)
                        return nil
                    }
                    state = .over
                    return outcome
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            complete(.failure(.cancelled(what)))
        }
        return try outcome.get()
    }
}
