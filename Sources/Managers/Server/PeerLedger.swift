/// How many connections each peer has, and how often it has lately tried a wrong key: pure.
///
/// A wrong key keeps a peer known for a while, and another for as much longer; as many as are
/// allowed are forgotten after a minute. The table of those who have tried one is bounded: when it
/// is full, the half goes that has done least, so that a wrong key costs the same whoever tries it.
struct PeerLedger {
    /// What becomes of a peer's new connection.
    enum Verdict: Equatable {
        /// It is let in, and counted.
        case welcome
        /// It has too many.
        case tooManyConnections
        /// It has tried too many wrong keys.
        case tooManyFailures
    }

    /// How many peers are known at once that have tried wrong keys.
    static let failuresLimit = 4096
    /// After how long a peer is forgotten that has tried all the wrong keys it may, in nanoseconds.
    static let memory: Int64 = 60_000_000_000

    private let connectionLimit: Int
    /// For how many nanoseconds a wrong key counts.
    private let failureTime: Int64
    /// Who will be known for longer is refused, and who for so long is slowed.
    private let refusedTime: Int64
    private let slowedTime: Int64
    private var connections: [PeerAddress: Int] = [:]
    /// When those will be forgotten who have tried wrong keys.
    private var failures: [PeerAddress: Int64] = [:]

    init(_ limits: ServerLimits) {
        connectionLimit = limits.connectionsPerPeer
        // No wrong key at all is no choice: a peer is known by its first.
        let attempts = Int64(max(1, limits.failedAttempts))
        failureTime = Self.memory / attempts
        refusedTime = failureTime * (attempts - 1)
        slowedTime = failureTime * max(0, min(Int64(limits.slowedAttempts), attempts))
    }

    /// How many peers are known that have tried wrong keys.
    var failuresCount: Int { failures.count }

    /// A connection of a peer has come.
    mutating func come(_ peer: PeerAddress, at now: Int64) -> Verdict {
        guard connections[peer, default: 0] < connectionLimit else { return .tooManyConnections }
        if let forgotten = failures[peer], forgotten - now > refusedTime {
            return .tooManyFailures
        }
        connections[peer, default: 0] += 1
        return .welcome
    }

    /// A connection has gone that was let in.
    mutating func go(_ peer: PeerAddress) {
        guard let count = connections[peer] else { return }
        connections[peer] = count > 1 ? count - 1 : nil
    }

    /// A peer has tried a wrong key.
    ///
    /// - Returns: whether it has to wait to be told.
    mutating func failed(_ peer: PeerAddress, at now: Int64) -> Bool {
        if failures[peer] == nil, failures.count >= Self.failuresLimit { forgetSome(at: now) }
        let forgotten = max(now, failures[peer] ?? now) + failureTime
        failures[peer] = forgotten
        return forgotten - now > slowedTime
    }

    /// Makes room in a full table: of those who are not forgotten by now, the half stays that is
    /// known for longest.
    private mutating func forgetSome(at now: Int64) {
        failures = failures.filter { $0.value > now }
        guard failures.count >= Self.failuresLimit else { return }
        let longest = failures.sorted { $0.value > $1.value }.prefix(Self.failuresLimit / 2)
        failures = Dictionary(uniqueKeysWithValues: longest.map { ($0.key, $0.value) })
    }
}
