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
        /// Nobody learns what came of somebody else's calls.
        let principal: PrincipalID?
    }

    /// What is known of a connection.
    enum Finding {
        case open(SessionID)
        case ended(EndedLine)
    }

    private var open: [Name: SessionID] = [:]
    private var ended: [SessionID: EndedLine] = [:]
    /// The sessions that those had which have ended.
    private var sessions: [Name: SessionID] = [:]
    /// The names of those that have ended, in that order.
    private var order = Deque<Name>()
    private var byteCount = 0

    /// A connection has a name from now on.
    ///
    /// - Throws: `AssertionError` where another has it, or had it.
    mutating func begin(_ name: Name, _ session: SessionID) throws(Failure) {
        guard open[name] == nil, sessions[name] == nil else {
            throw Failure("AssertionError", "there is such a connection")
        }
        open[name] = session
    }

    /// A connection has ended. Of others, the oldest are forgotten where that is too much.
    mutating func end(_ name: Name, _ line: EndedLine, _ limits: StoreLimits) {
        guard let session = open.removeValue(forKey: name) else { return }
        ended[session] = line
        sessions[name] = session
        order.append(name)
        byteCount += line.byteCount
        while let oldest = order.first, oldest != name, let session = sessions[oldest],
            let first = ended[session]
        {
            let isOld =
                first.end.advanced(seconds: limits.outcomeTime).map { $0 < line.end } ?? false
            guard order.count > limits.endedLines || byteCount > limits.endedBytes || isOld
            else { break }
            order.removeFirst()
            sessions[oldest] = nil
            ended[session] = nil
            byteCount -= first.byteCount
        }
    }

    /// What is known of a connection; nil for one that never was, or has been forgotten.
    func find(_ name: Name) -> Finding? {
        if let session = open[name] { return .open(session) }
        return sessions[name].flatMap { ended[$0] }.map { .ended($0) }
    }

    /// What a reply gave has gone back, and its connection has ended since: the call is as if it
    /// had never come.
    mutating func forget(_ tag: UInt32, of session: SessionID) {
        ended[session]?.forget(tag)
    }
}
