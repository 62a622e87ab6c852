internal import Sockets

/// A barrier that processes share: so many parties wait for one another, then all go on.
///
/// ```swift
/// let barrier = try Barrier(parties: 3)
/// if try await barrier.wait() == 0 { print("the first of three") }
/// ```
///
/// A barrier breaks where a party gives up (its time is over), dies while it waits, or somebody
/// aborts it: then all who wait, and whoever comes, get `brokenBarrier` until it is reset.  A party
/// that dies before it comes is not known to the barrier: wait with a timeout.
///
/// All copies are the same barrier, also in another process: see ``Lock``.
///
/// - Note: CPython's parties wait for ever for one that was killed while it waited.
public struct Barrier: Sendable {
    let members: Parties
    let action: (any ProcessTarget)?
    let timeout: Duration?

    /// Makes a barrier.
    ///
    /// - Parameters:
    ///   - parties: how many it takes, 1 up to 10 000.
    ///   - action: what the last party to come does, in its process, before all go on; an error of
    ///     it breaks the barrier.
    ///   - timeout: how long a party waits that does not say so itself; nil for as long as it
    ///     takes.
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public init(
        parties: Int, action: (any ProcessTarget)? = nil, timeout: Duration? = nil
    ) throws(ProcessError) {
        members = try Parties(parties)
        self.action = action
        self.timeout = timeout
    }

    /// How many parties it takes.
    public var parties: Int { members.count }

    /// How many parties wait.
    public var waitingParties: Int { members.waitingCount }

    /// Whether it is broken.
    public var isBroken: Bool { members.isBroken }

    /// Waits until all parties are there; where it takes longer than the barrier's timeout, it
    /// breaks.
    ///
    /// Cancelled, it leaves without breaking the barrier, and another party may come instead.
    ///
    /// - Returns: a number from 0 up to before `parties`, another one for each: in the order in
    ///   which they came, where nobody has left; who comes instead has the number of who left.
    /// - Throws: ``ProcessError`` with `brokenBarrier`, `cancelled`, `system`; and what the action
    ///   throws.
    @discardableResult
    public func wait() async throws -> Int {
        try await wait(until: MonotonicClock.deadline(after: timeout))
    }

    /// Waits until all parties are there; where it takes longer than so long, the barrier breaks.
    ///
    /// - Returns: as `wait()`.
    /// - Throws: as `wait()`.
    @discardableResult
    public func wait(timeout: Duration) async throws -> Int {
        try await wait(until: MonotonicClock.deadline(after: timeout))
    }

    /// Breaks the barrier, for everybody.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func abort() async throws(ProcessError) {
        try await locked { $0.breakUp() }
    }

    /// Makes the barrier as it was at first; those who wait get `brokenBarrier`.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func reset() async throws(ProcessError) {
        try await locked { $0.reset() }
    }

    // MARK: Coming and going

    private func wait(until deadline: Int64) async throws -> Int {
        while true {
            let ticket = members.bell.ticket()
            switch try await locked({ $0.arrive() }) {
            case .findsItBroken: throw Self.broken
            case .comesEarly:
                guard MonotonicClock.nanoseconds < deadline else {
                    try await abort()
                    throw Self.broken
                }
                let look = MonotonicClock.nanoseconds + WaitingRoom.patience
                try await members.bell.wait(ticket, until: min(deadline, look))
                try await breakUpIfSomeoneDied()
            case .waits(let seat, let index):
                try await waitForOthers(in: seat, until: deadline)
                return index
            case .completes(let seat, let index):
                try await complete(seat)
                return index
            }
        }
    }

    private func complete(_ seat: Int) async throws {
        if let action {
            do {
                try await action.run()
            } catch {
                try? await locked { members in
                    if members.outcome(seat) == .waiting { members.breakUp() }
                }
                members.leave(seat)
                throw error
            }
        }
        try await locked { $0.complete(seat) }
        try leave(seat)
    }

    private func waitForOthers(in seat: Int, until deadline: Int64) async throws(ProcessError) {
        var patience = Patience(until: deadline)
        while true {
            let ticket = members.bell.ticket()
            guard members.outcome(seat) == .waiting else { return try leave(seat) }
            guard let next = patience.next(now: MonotonicClock.nanoseconds) else {
                try await locked { members in
                    if members.outcome(seat) == .waiting { members.breakUp() }
                }
                return try leave(seat)
            }
            do throws(ProcessError) {
                try await members.bell.wait(ticket, until: next)
            } catch {
                return try await giveUp(seat, error)
            }
            if MonotonicClock.nanoseconds >= next { try await breakUpIfSomeoneDied() }
        }
    }

    /// Leaves before the others have come, unless they have.
    private func giveUp(_ seat: Int, _ error: ProcessError) async throws(ProcessError) {
        let isTooLate = try await locked { members in
            let isTooLate = members.outcome(seat) != .waiting
            if !isTooLate { members.leave(seat) }
            return isTooLate
        }
        guard isTooLate else { throw error }
        try leave(seat)
    }

    func leave(_ seat: Int) throws(ProcessError) {
        let outcome = members.outcome(seat)
        members.leave(seat)
        guard outcome == .passed else { throw Self.broken }
    }

    private func breakUpIfSomeoneDied() async throws(ProcessError) {
        guard members.someoneDied else { return }
        try await locked { members in
            if members.someoneDied { members.breakUp() }
        }
    }

    /// Does something with the barrier's lock, which is never held for long.
    private func locked<Result>(
        _ body: (Parties) -> Result
    ) async throws(ProcessError) -> Result {
        _ = try await members.lock.acquire(isCancellable: false)
        defer { members.lock.release() }
        members.repair()
        return body(members)
    }

    static let broken = ProcessError(.brokenBarrier, "the barrier is broken")
}

extension Barrier: Codable {
    private enum Key: CodingKey {
        case block, timeout, action, actionType
    }

    /// Takes the barrier out of the luggage that came with a message or at the start of this
    /// process.
    ///
    /// - Throws: `DecodingError` where none came, or where this program does not know the action.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        members = Parties(
            try .unpack(
                try container.decode(Int.self, forKey: .block), atLeast: Parties.leastByteCount,
                from: decoder))
        timeout = try container.decodeIfPresent(Duration.self, forKey: .timeout)
        guard let name = try container.decodeIfPresent(String.self, forKey: .actionType) else {
            action = nil
            return
        }
        guard let type = _typeByName(name) as? any ProcessTarget.Type else {
            throw DecodingError.dataCorruptedError(
                forKey: .actionType, in: container, debugDescription: "no action \(name) is known")
        }
        action = try type.init(from: try container.superDecoder(forKey: .action))
    }

    /// Puts the barrier into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where it is for no process of this host, or where nobody could
    ///   find the action's type by its name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(try members.block.pack(for: encoder), forKey: .block)
        try container.encodeIfPresent(timeout, forKey: .timeout)
        guard let action else { return }
        guard let name = _mangledTypeName(type(of: action)), _typeByName(name) != nil else {
            throw EncodingError.invalidValue(
                action,
                .init(
                    codingPath: container.codingPath,
                    debugDescription: "\(ProcessError.unknownType("\(type(of: action))"))"))
        }
        try container.encode(name, forKey: .actionType)
        try action.encode(to: container.superEncoder(forKey: .action))
    }
}
