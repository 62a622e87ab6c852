internal import Connections
internal import DequeModule
internal import Synchronization

/// The objects that proxies of this program count, and those that are to be given back to the
/// server.
///
/// Dropping the last copy of a proxy puts its object in line; a task gives back what is in line,
/// one `decref` after the other, and ends when nothing is left.
final class ReleaseQueue: Sendable {
    /// Waits between attempts to reach the server: from the first to the second, doubling.
    private static let pauses = Duration.milliseconds(50)...Duration.seconds(5)

    private struct State {
        /// How often each object is counted for this program.
        var held: [String: Int] = [:]
        var pending: Deque<String> = []
        var worker: Task<Void, Never>?
        var isClosed = false
    }

    private let contact: ServerContact
    private let shared: SharedLine
    private let state = Mutex(State())

    init(_ contact: ServerContact, _ shared: SharedLine) {
        self.contact = contact
        self.shared = shared
        shared.onRecounting { [weak self] connection in await self?.recount(on: connection) }
    }

    /// Counts everything anew: the server has dropped it with the connection that was lost.
    private func recount(on connection: any CallLine) async {
        let held = state.withLock { state in
            // What was to be given back is.
            state.pending = []
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
                state.pending.append(ident)
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
            state.pending.append(ident)
            start(&state)
        }
    }

    /// Gives everything back, within `limits.closeTimeout`.
    func close() async {
        let worker = state.withLock { state in
            if !state.isClosed {
                state.isClosed = true
                for (ident, count) in state.held {
                    state.pending.append(contentsOf: repeatElement(ident, count: count))
                }
                state.held = [:]
            }
            start(&state)
            return state.worker
        }
        guard let worker else { return }
        await withTaskGroup { group in
            group.addTask { await worker.value }
            group.addTask { [contact] in
                // Cancelled when all is done; else the time is over.
                guard await IOLoop.sleep(for: contact.limits.closeTimeout) else { return }
                worker.cancel()
            }
            await group.next()
            group.cancelAll()
        }
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
        while let ident = next() { await release(ident) }
    }

    private func next() -> String? {
        state.withLock { state in
            if Task.isCancelled { state.pending = [] }
            let ident = state.pending.popFirst()
            if ident == nil { state.worker = nil }
            return ident
        }
    }

    private func release(
        _ ident: String, on line: any CallLine
    ) async throws(ManagerError) {
        do throws(ManagerError) {
            _ = try await contact.ask(.decref(ident), on: line)
        } catch {
            // One that was sent is not sent again.
            if error.isServerAway { throw error }
        }
    }

    /// Tries until the server is reached, or known to be gone. A request that was sent is not sent
    /// again: if it was carried out, a second one would give back what others hold.
    private func release(_ ident: String) async {
        var pause = Self.pauses.lowerBound
        while true {
            do throws(ManagerError) {
                if contact.identity != nil {
                    return try await release(ident, on: try await shared.connection())
                }
                let connection = try await contact.connect()
                _ = try? await contact.ask(.decref(ident), on: connection)
                return connection.close()
            } catch {
                switch error.code {
                case .timedOut, .system, .connectionLost: break
                default: return
                }
            }
            guard await IOLoop.sleep(for: pause) else { return }
            pause = min(pause * 2, Self.pauses.upperBound)
        }
    }
}

extension [UInt8] {
    /// `(None, 'decref', (ident,), {})`
    fileprivate static func decref(_ ident: String) -> [UInt8] { Request.verb("decref", ident) }

    /// `(None, 'incref', (ident,), {})`
    static func incref(_ ident: String) -> [UInt8] { Request.verb("incref", ident) }
}
