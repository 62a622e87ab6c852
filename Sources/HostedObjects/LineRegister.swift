import DequeModule

/// The tagged connections by the names that their clients gave them: those that are open, and for a
/// while those that have ended, with what came of their last calls.
struct LineRegister {
    /// A connection as its client knows it.
    struct Name: Hashable {
        /// What the client calls itself.
        let identity: String
        /// Which of the client's connections it is.
        let number: UInt32
    }

    /// What is known of a connection.
    enum Finding {
        case open(SessionID)
        case ended(TaggedCalls)
    }

    private struct Ended {
        let session: SessionID
        let calls: TaggedCalls
        let end: Instant
    }

    private var open: [Name: SessionID] = [:]
    private var ended: [Name: Ended] = [:]
    /// The names of those that have ended, in that order.
    private var order = Deque<Name>()
    private var byteCount = 0

    /// A connection has a name from now on.
    ///
    /// - Throws: `AssertionError` where another has it, or had it.
    mutating func begin(_ name: Name, _ session: SessionID) throws(Failure) {
        guard open[name] == nil, ended[name] == nil else {
            throw Failure("AssertionError", "there is such a connection")
        }
        open[name] = session
    }

    /// A connection has ended.
    mutating func end(_ name: Name, _ calls: TaggedCalls, at now: Instant, _ limits: StoreLimits) {
        guard let session = open.removeValue(forKey: name) else { return }
        ended[name] = Ended(session: session, calls: calls, end: now)
        order.append(name)
        byteCount += calls.keptBytes
        while let oldest = order.first, let entry = ended[oldest] {
            let isOld = entry.end.advanced(seconds: limits.outcomeTime).map { $0 < now } ?? false
            guard order.count > limits.endedLines || byteCount > limits.outcomeBytes || isOld
            else { break }
            order.removeFirst()
            ended[oldest] = nil
            byteCount -= entry.calls.keptBytes
        }
    }

    /// What is known of a connection; nil for one that never was, or has been forgotten.
    func find(_ name: Name) -> Finding? {
        if let session = open[name] { return .open(session) }
        return ended[name].map { .ended($0.calls) }
    }

    /// What a reply gave has gone back, and its connection has ended since: the call is as if it
    /// had never come.
    func forget(_ tag: UInt32, of session: SessionID) {
        ended.values.first { $0.session == session }?.calls.outcomes.forget(tag)
    }
}
