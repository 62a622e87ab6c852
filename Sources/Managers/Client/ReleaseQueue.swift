internal import Connections
internal import DequeModule
internal import Pickle
internal import Sockets
internal import Synchronization

/// The objects that proxies of this program count, and what is to be given back to the server:
/// objects that nobody here holds any more, and what was given to callers who had left.
///
/// Dropping the last copy of a proxy puts its object in line; a task gives back what is in line,
/// one `decref` or `undo` after the other, and ends when nothing is left.
final class ReleaseQueue: Sendable {
    /// Waits between attempts to reach the server: from the first to the second, doubling.
    private static let pauses = Duration.milliseconds(50)...Duration.seconds(5)
    /// How long a server knows what came of calls whose connection was lost.
    private static let outcomeTime = Duration.seconds(120)

    /// What is to be given back.
    private enum Return {
        case object(String)
        /// What came of a call for which nobody waited, on a connection that was lost.
        case outcome(LostCall)

        var isObject: Bool {
            if case .object = self { true } else { false }
        }
    }

    private struct State {
        /// How often each object is counted for this program.
        var held: [String: Int] = [:]
        var pending: Deque<Return> = []
        var worker: Task<Void, Never>?
        var isClosed = false
    }

    private let contact: ServerContact
    private let shared: SharedLine
    private let state = Mutex(State())

    init(_ contact: ServerContact, _ shared: SharedLine) {
        self.contact = contact
        self.shared = shared
        shared.tell(
            SharedLine.Heir(
                recount: { [weak self] line in await self?.recount(on: line) },
                takeBack: { [weak self] calls in self?.takeBack(calls) }))
    }

    /// Counts everything anew: the server has dropped it with the connection that was lost.
    private func recount(on connection: any CallLine) async {
        let held = state.withLock { state in
            // What was to be given back is.
            state.pending.removeAll(where: \.isObject)
            return state.held
        }
        for (ident, count) in held {
            for _ in 0..<count {
                let reply: Reply
                do throws(ManagerError) {
                    reply = try await contact.ask(.incref(ident), on: connection)
                } catch {
                    // It is lost too, and the next one comes here again.
                    return
                }
                guard (try? reply.returned()) != nil else {
                    state.withLock { $0.held[ident] = nil }
                    break
                }
            }
        }
    }

    /// Whether everything has been given back, and nothing more is to be counted.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// An object is counted once more for this program.
    func hold(_ ident: String) {
        state.withLock { state in
            if state.isClosed {
                // It came too late to be given back by `close`.
                state.pending.append(.object(ident))
                start(&state)
            } else {
                state.held[ident, default: 0] += 1
            }
        }
    }

    /// An object is to be given back once. Never waits.
    func drop(_ ident: String) {
        state.withLock { state in
            guard !state.isClosed, let count = state.held[ident] else { return }
            state.held[ident] = count > 1 ? count - 1 : nil
            state.pending.append(.object(ident))
            start(&state)
        }
    }

    /// What came of calls is wanted by nobody. Never waits.
    func takeBack(_ calls: [LostCall]) {
        state.withLock { state in
            state.pending.append(contentsOf: calls.map { .outcome($0) })
            start(&state)
        }
    }

    /// Gives everything back, for so long at the most.
    func close(within time: Duration) async {
        let worker = state.withLock { state in
            if !state.isClosed {
                state.isClosed = true
                for (ident, count) in state.held {
                    state.pending.append(
                        contentsOf: repeatElement(.object(ident), count: count))
                }
                state.held = [:]
            }
            start(&state)
            return state.worker
        }
        if let worker { await IOLoop.end(worker, within: time) }
    }

    /// Gives nothing back any more: the server has ended.
    func abandon() {
        state.withLock { state in
            state.isClosed = true
            state.held = [:]
            state.pending = []
        }
    }

    private func start(_ state: inout State) {
        guard state.worker == nil, !state.pending.isEmpty else { return }
        // Proxies end wherever their last copy ends, and nobody there can wait: so the work is no
        // child of anybody's. It ends when nothing is left.
        state.worker = IOLoop.start { [self] in await work() }
    }

    private func work() async {
        while let next = next() { await giveBack(next) }
    }

    private func next() -> Return? {
        state.withLock { state in
            if Task.isCancelled { state.pending = [] }
            let next = state.pending.popFirst()
            if next == nil { state.worker = nil }
            return next
        }
    }

    /// Tries until the server is reached, or known to be gone.
    private func giveBack(_ what: Return) async {
        var pause = Self.pauses.lowerBound
        let end = MonotonicClock.deadline(after: Self.outcomeTime)
        while true {
            do throws(ManagerError) {
                switch what {
                case .object(let ident):
                    return try await release(ident)
                case .outcome(let call):
                    let isDone = try await undo(call)
                    if isDone { return }
                }
            } catch {
                switch error.code {
                case .timedOut, .system, .connectionLost: break
                case .unreachable where !what.isObject:
                    // A server that comes back to us still knows.
                    guard contact.process?.end == nil, MonotonicClock.nanoseconds < end else {
                        return
                    }
                default: return
                }
            }
            guard await IOLoop.sleep(for: pause) else { return }
            pause = min(pause * 2, Self.pauses.upperBound)
        }
    }

    /// Gives an object back. A request that was sent is not sent again: if it was carried out, a
    /// second one would give back what others hold.
    ///
    /// - Throws: where nothing has been sent.
    private func release(_ ident: String) async throws(ManagerError) {
        guard contact.identity != nil else {
            let connection = try await contact.connect()
            _ = try? await contact.ask(.decref(ident), on: connection)
            return connection.close()
        }
        let line = try await shared.returnConnection()
        do throws(ManagerError) {
            _ = try await contact.ask(.decref(ident), on: line)
        } catch {
            if error.isServerAway { throw error }
        }
    }

    /// Has the server take back what came of a call. It may be asked for that again.
    ///
    /// - Returns: false where the server has first to end the connection that was lost.
    private func undo(_ call: LostCall) async throws(ManagerError) -> Bool {
        let line = try await shared.returnConnection()
        let answer = try await contact.ask(.verb("undo", call), on: line).returned()
        guard case .tuple(let parts) = answer.kind else { return true }
        return parts.first?.string != "ending"
    }
}

extension [UInt8] {
    /// `(None, 'decref', (ident,), {})`
    fileprivate static func decref(_ ident: String) -> [UInt8] { Request.verb("decref", ident) }

    /// `(None, 'incref', (ident,), {})`
    static func incref(_ ident: String) -> [UInt8] { Request.verb("incref", ident) }
}
