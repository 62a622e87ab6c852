internal import Connections
internal import DequeModule
internal import Synchronization

/// Lets one task through at a time, in the order in which they come.
final class Turnstile: Sendable {
    private struct State {
        var isTaken = false
        /// Whoever waits is told whether it may pass, or that its time is over.
        var waiting: Deque<OneShot<Bool>> = []
    }

    private let state = Mutex(State())

    /// Waits for its turn; then it must ``leave()``.
    ///
    /// - Returns: false when the time is over.
    /// - Throws: ``ManagerError`` with `cancelled`.
    func enter(timeout: Duration?) async throws(ManagerError) -> Bool {
        let turn = state.withLock { state -> OneShot<Bool>? in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            let turn = OneShot<Bool>()
            state.waiting.append(turn)
            return turn
        }
        guard let turn else { return true }
        let result: Result<Bool, ConnectionError> = await withTaskGroup { group in
            if let timeout {
                group.addTask {
                    guard await IOLoop.sleep(for: timeout) else { return }
                    turn.complete(.success(false))
                }
            }
            defer { group.cancelAll() }
            do throws(ConnectionError) {
                return .success(try await turn.value("waiting for the turn"))
            } catch {
                return .failure(error)
            }
        }
        do throws(ConnectionError) {
            return try result.get()
        } catch {
            throw ManagerError(error)
        }
    }

    /// Lets the next one through.
    func leave() {
        state.withLock { state in
            while let next = state.waiting.popFirst() {
                // Those that gave up are passed over.
                if next.complete(.success(true)) { return }
            }
            state.isTaken = false
        }
    }
}
