internal import Connections
internal import Synchronization

/// The one connection on which all calls that cannot wait are pipelined: opened by whoever needs it
/// first, and anew by whoever needs it after it was lost.
final class SharedLine: Sendable {
    private typealias Opening = OneShot<Result<any CallLine, ManagerError>>

    private enum State {
        case none
        case opening([Opening])
        /// The second is the first, where that is tagged.
        case open(any CallLine, tagged: TaggedLine?)
        case closed
    }

    private enum Step {
        case use(any CallLine)
        case wait(Opening, opensIt: Bool)
        case refuse
    }

    /// What is done where a connection was lost.
    struct Heir: Sendable {
        /// Counts anew what the server has dropped with it: first on the next one.
        var recount: (@Sendable (any CallLine) async -> Void)?
        /// Takes back what was given to callers who had left.
        var takeBack: TaggedLine.OnUnwanted?
    }

    private let contact: ServerContact
    private let state = Mutex(State.none)
    /// Who is told of connections that were lost.
    private let heir = Mutex(Heir())
    /// How many have been tried to open.
    private let openings = Atomic<UInt32>(0)
    /// Whether only those are served that give something back.
    private let isClosing = Atomic(false)
    /// Whether the server has dropped what this client counted when the connection was lost.
    private let wasLifeLine = Atomic(false)

    init(_ contact: ServerContact) {
        self.contact = contact
    }

    deinit { close() }

    /// Names who is told of connections that were lost.
    func tell(_ heir: Heir) {
        self.heir.withLock { $0 = heir }
    }

    /// The connection, if it was opened and is tagged: what is asked there may turn out to be
    /// unsent.
    var taggedLine: TaggedLine? {
        isClosing.load(ordering: .relaxed) ? nil : openTaggedLine
    }

    private var openTaggedLine: TaggedLine? {
        state.withLock { state in
            guard case .open(_, let tagged) = state else { return nil }
            return tagged
        }
    }

    /// The connection, if it was opened and is not tagged.
    var plainLine: (any CallLine)? {
        state.withLock { state in
            guard case .open(let line, tagged: nil) = state else { return nil }
            return line
        }
    }

    /// The connection.
    ///
    /// - Throws: ``ManagerError``: why it cannot be opened; `closed`, `cancelled`.
    func connection() async throws(ManagerError) -> any CallLine {
        if isClosing.load(ordering: .relaxed) { throw .closed }
        return try await connection { $0.isUsable }
    }

    /// The connection, for who gives something back, or asks what came of a call: also while the
    /// manager is being closed.
    ///
    /// - Throws: as `connection()`.
    func returnConnection() async throws(ManagerError) -> any CallLine {
        let line = try await connection { line in
            (line as? TaggedLine)?.takesReturns ?? line.isUsable
        }
        return (line as? TaggedLine).map { ReturnLine($0) } ?? line
    }

    private func connection(
        _ isUsable: (any CallLine) -> Bool
    ) async throws(ManagerError) -> any CallLine {
        let step = state.withLock { state in
            switch state {
            case .open(let connection, _) where isUsable(connection): return Step.use(connection)
            case .closed: return .refuse
            case .opening(let others):
                let opening = Opening()
                state = .opening(others + [opening])
                return .wait(opening, opensIt: false)
            case .none, .open:
                let opening = Opening()
                state = .opening([opening])
                return .wait(opening, opensIt: true)
            }
        }
        switch step {
        case .use(let connection): return connection
        case .refuse: throw .closed
        case .wait(let opening, let opensIt):
            // Who comes first may be cancelled while others wait for the connection too: so the
            // opening is no child of anybody's. It ends by its timeout.
            if opensIt { IOLoop.start { [self] in await open() } }
            let result: Result<any CallLine, ManagerError>
            do throws(ConnectionError) {
                result = try await opening.value("connecting")
            } catch {
                throw ManagerError(error)
            }
            return try result.get()
        }
    }

    /// How many connections have been tried to open: the same as before where none was lost.
    var openingCount: UInt32 { openings.load(ordering: .relaxed) }

    /// Whether there is a connection that can be used.
    var isOpen: Bool {
        state.withLock { state in
            if case .open(let connection, _) = state { return connection.isUsable }
            return false
        }
    }

    /// Waits until a connection is open that is being opened, or is not to be had.
    func whenOpened() async {
        let isOpening = state.withLock { state in
            if case .opening = state { return true }
            return false
        }
        if isOpening { _ = try? await connection() }
    }

    private func open() async {
        let result: Result<any CallLine, ManagerError>
        do throws(ManagerError) {
            let heir = heir.withLock { $0 }
            let (connection, isLifeLine) = try await contact.openMainLine {
                openings.add(1, ordering: .relaxed).newValue
            } onUnwanted: {
                heir.takeBack?($0)
            }
            let isCounted = !wasLifeLine.exchange(isLifeLine, ordering: .relaxed)
            if !isCounted { await heir.recount?(connection) }
            result = .success(connection)
        } catch {
            result = .failure(error)
        }
        let (waiting, isWanted) = state.withLock { state -> ([Opening], Bool) in
            guard case .opening(let waiting) = state else { return ([], false) }
            if case .success(let connection) = result {
                state = .open(connection, tagged: connection as? TaggedLine)
            } else {
                state = .none
            }
            return (waiting, true)
        }
        // It has been closed meanwhile.
        if !isWanted, case .success(let connection) = result { connection.close() }
        for opening in waiting { opening.complete(.success(result)) }
    }

    /// From now on serves those only that give something back, and takes back what the calls give
    /// that are under way.
    ///
    /// - Parameter time: how long that may take.
    func abandonCalls(within time: Duration) async {
        isClosing.store(true, ordering: .relaxed)
        await openTaggedLine?.abandonCalls(within: time)
    }

    /// Waits until the server has heard of all that was taken back, for so long at the most.
    func confirmReturns(within time: Duration) async {
        guard let line = openTaggedLine, line.isUndoing else { return }
        let asking = IOLoop.start { [contact] in
            // Whose answer shows that the server has read what came before.
            _ = try? await contact.within(time).ask(.ping, on: ReturnLine(line))
        }
        await IOLoop.end(asking, within: time)
    }

    /// Closes it for good.
    func close() {
        let old = state.withLock { state in
            defer { state = .closed }
            return state
        }
        switch old {
        case .open(let connection, _): connection.close()
        case .opening(let waiting):
            for opening in waiting { opening.complete(.success(.failure(.closed))) }
        case .none, .closed: break
        }
    }
}
