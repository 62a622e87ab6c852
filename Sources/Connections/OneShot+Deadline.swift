internal import Sockets

extension OneShot {
    /// Waits for the outcome, or until the time is over.  Call it once.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Returns: nil when the time is over.
    /// - Throws: `.cancelled`, naming `what`, or what the outcome says.
    package func value(
        _ what: String, within timeout: Duration?
    ) async throws(ConnectionError) -> Value? {
        guard let timeout else { return try await value(what) }
        let loop = try IOLoop.shared()
        let isLate = ConnectionError.timedOut(what, after: timeout)
        let timer = loop.schedule(at: MonotonicClock.deadline(after: timeout)) {
            self.complete(.failure(isLate))
        }
        defer { loop.cancel(timer) }
        do throws(ConnectionError) {
            return try await value(what)
        } catch {
            if error == isLate { return nil }
            throw error
        }
    }
}
