extension Connection {
    /// Whether there is a message to receive, or none will come any more.
    ///
    /// - Parameter timeout: how long to wait for one; zero only looks, nil waits for as long as it
    ///   takes.
    /// - Throws: `ConnectionError`: `.notReadable`, `.closed` where it was closed here,
    ///   `.cancelled`.
    /// - Note: CPython's is true already while a message is still coming.
    public func poll(timeout: Duration? = .zero) async throws(ConnectionError) -> Bool {
        do throws(ConnectionError) {
            try await channel.poll(timeout: timeout)
        } catch  where error.code == .timedOut {
            return false
        }
        if let problem = channel.whyNothingCanCome { throw problem }
        return true
    }
}

extension Connection: Waitable {
    /// Whether a receive would not have to wait: there is a message, or none will come any more.
    public var isReady: Bool { channel.hasNews }

    /// Returns once ``isReady``.
    ///
    /// - Throws: `ConnectionError` with `.cancelled`.
    public func waitUntilReady() async throws(ConnectionError) {
        try await channel.poll(timeout: nil)
    }
}
