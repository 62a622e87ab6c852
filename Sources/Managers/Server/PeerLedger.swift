/// How many connections each peer has, and how often it has lately tried a wrong key: pure.
///
/// A wrong key counts for a minute, less and less. The table of those who have tried one is
/// bounded; when it is full, the one goes that has done least.
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

    private struct Failures {
        var level: Double
        var at: Int64
    }

    /// How many peers are known at once that have tried wrong keys.
    static let failuresLimit = 4096
    /// For how long a wrong key counts, in nanoseconds.
    static let memory: Double = 60_000_000_000

    private let connectionLimit: Int
    private let failureLimit: Int
    private let slowLimit: Int
    private var connections: [PeerAddress: Int] = [:]
    private var failures: [PeerAddress: Failures] = [:]

    init(_ limits: ServerLimits) {
        connectionLimit = limits.connectionsPerPeer
        failureLimit = limits.failedAttempts
        slowLimit = limits.slowedAttempts
    }

    /// How many peers are known that have tried wrong keys.
    var failuresCount: Int { failures.count }

    /// A connection of a peer has come.
    mutating func come(_ peer: PeerAddress, at now: Int64) -> Verdict {
        guard connections[peer, default: 0] < connectionLimit else { return .tooManyConnections }
        if !failures.isEmpty, level(of: peer, at: now) > Double(failureLimit) - 1 {
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
        let level = level(of: peer, at: now) + 1
        if failures[peer] == nil, failures.count >= Self.failuresLimit { forgetOne(at: now) }
        failures[peer] = Failures(level: level, at: now)
        return level > Double(slowLimit)
    }

    /// How many wrong keys count yet: as many as were tried, and all of them less with each moment,
    /// so that those of ``failureLimit`` attempts are forgotten after a minute.
    private func level(of peer: PeerAddress, at now: Int64) -> Double {
        guard let known = failures[peer] else { return 0 }
        let gone = Double(max(0, now - known.at)) / Self.memory * Double(failureLimit)
        return max(0, known.level - gone)
    }

    private mutating func forgetOne(at now: Int64) {
        failures = failures.filter { level(of: $0.key, at: now) > 0 }
        guard failures.count >= Self.failuresLimit,
            let least = failures.min(by: { left, right in
                level(of: left.key, at: now) < level(of: right.key, at: now)
            })
        else { return }
        failures[least.key] = nil
    }
}
