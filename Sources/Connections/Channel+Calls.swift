internal import Sockets

/// What becomes of an exchange whose task is cancelled, or whose time is over, while the peer works
/// on the reply.
package enum ExchangeInterruption: Equatable, Sendable {
    /// The caller goes; the reply, when it comes, is thrown away.  The connection stays in use.
    case abandonReply
    /// The connection is half closed, so that the peer learns of it, and the caller stays: for the
    /// reply, if it was on its way and wins, or for the peer's end.  The connection is of no more
    /// use afterwards.  A peer that does neither is waited for no longer than
    /// `Connection.halfClosePatience`.
    case halfClose
    /// A cancelled caller stays for the reply, because it may bring what must not be lost, for
    /// `Connection.halfClosePatience` at the most.  One whose time is over goes, as with
    /// `abandonReply`.  The connection stays in use.
    case awaitReply
}

extension Channel {
    /// What somebody waits for.
    enum Call: Equatable {
        case send, receive, poll
        case exchange(ExchangeInterruption)
    }

    /// Returns when the socket has taken the message.
    func send(_ message: Message) async throws(ConnectionError) {
        let setup = setup
        _ = try await wait("sending", .send, timeout: nil) { state, id in
            switch state.transmit(message, sender: id, setup: setup) {
            case .gone: .over(.success([]))
            case .failed(let error): .over(.failure(error))
            case .waits(let place): .waits(messagePlace: place, receiverPlace: nil)
            }
        }
    }

    func receive(timeout: Duration?) async throws(ConnectionError) -> Message {
        let setup = setup
        return try await wait("receiving", .receive, timeout: timeout) { state, id in
            state.machine.startReading()
            let receipt = state.machine.inbox.receive(id)
            state.resumeReading(setup: setup)
            switch receipt {
            case .message(let message): return .over(.success(message))
            case .failed(let error): return .over(.failure(error))
            case .waits(let place): return .waits(messagePlace: nil, receiverPlace: place)
            }
        }
    }

    /// Waits until there is a message to receive, or none will come.
    ///
    /// - Parameter timeout: zero only looks.
    func poll(timeout: Duration?) async throws(ConnectionError) {
        let setup = setup
        _ = try await wait("polling", .poll, timeout: timeout) { state, id in
            state.look(setup: setup)
            if state.machine.hasNews { return .over(.success([])) }
            if let timeout, timeout <= .zero {
                return .over(.failure(.timedOut("polling", after: timeout)))
            }
            state.pollers.append(id)
            return .waits(messagePlace: nil, receiverPlace: nil)
        }
    }

    /// Whether there is a message to receive, or none will come.
    var hasNews: Bool {
        let setup = setup
        return act { state in
            state.look(setup: setup)
            return state.machine.hasNews
        }
    }

    func exchange(
        _ request: [UInt8], onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ConnectionError) -> [UInt8] {
        let call = Call.exchange(onInterruption)
        let setup = setup
        let reply = try await wait("the exchange", call, timeout: timeout) { state, id in
            state.machine.startReading()
            if let end = state.machine.inbox.end { return .over(.failure(end.unsent)) }
            let messagePlace: Int?
            switch state.transmit(Message(request), sender: nil, setup: setup) {
            case .gone: messagePlace = nil
            case .failed(let error): return .over(.failure(error.unsent))
            case .waits(let place): messagePlace = place
            }
            switch state.machine.inbox.receive(id) {
            case .message(let message): return .over(.success(message))
            case .failed(let error): return .over(.failure(error))
            case .waits(let place):
                return .waits(messagePlace: messagePlace, receiverPlace: place)
            }
        }
        return reply.bytes
    }

    /// How a call began.
    enum Beginning {
        case over(Result<Message, ConnectionError>)
        case waits(messagePlace: Int?, receiverPlace: Int?)
    }

    private func wait(
        _ what: String, _ call: Call, timeout: Duration?,
        _ begin: (inout State, UInt64) -> Beginning
    ) async throws(ConnectionError) -> Message {
        let id = nextID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: Continuation) in
                let early = act { state -> Result<Message, ConnectionError>? in
                    // Under the lock: a cancellation after this finds the waiter.
                    if Task.isCancelled { return .failure(.cancelled(what).unsent) }
                    switch begin(&state, id) {
                    case .over(let result): return result
                    case .waits(let messagePlace, let receiverPlace):
                        state.waiters[id] = Waiter(
                            continuation: continuation, call: call, messagePlace: messagePlace,
                            receiverPlace: receiverPlace,
                            timer: timeout.map { expire(id, what, after: $0) })
                        return nil
                    }
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            interrupt(id, .cancelled(what))
        }
        return try result.get()
    }

    private func expire(_ id: UInt64, _ what: String, after timeout: Duration) -> IOLoop.TimerID {
        loop.schedule(at: MonotonicClock.deadline(after: timeout)) { [weak self] in
            self?.interrupt(id, .timedOut(what, after: timeout))
        }
    }

    private func interrupt(_ id: UInt64, _ error: ConnectionError) {
        act { state in
            guard let waiter = state.waiters[id] else { return }
            // A message that has not begun to go is as if it had never been.
            let isUnsent =
                waiter.messagePlace.map { state.machine.withdrawMessage(place: $0) } ?? false
            switch waiter.call {
            case .exchange(.halfClose) where !isUnsent:
                halfClose(&state, id, waiter, error)
                return
            case .exchange(.awaitReply) where !isUnsent && error.code == .cancelled:
                stay(&state, id, waiter, error)
                return
            case .exchange where !isUnsent:
                if let place = waiter.receiverPlace { state.machine.inbox.abandon(place: place) }
            case .poll: state.pollers.removeAll { $0 == id }
            case .exchange, .receive, .send:
                if let place = waiter.receiverPlace { state.machine.inbox.withdraw(place: place) }
            }
            state.release(id, .failure(isUnsent ? error.unsent : error))
        }
    }

    private func halfClose(
        _ state: inout State, _ id: UInt64, _ waiter: Waiter, _ error: ConnectionError
    ) {
        guard waiter.interruption == nil else { return }
        if let timer = waiter.timer { state.news.timers.append(timer) }
        let patience = MonotonicClock.deadline(after: Connection.halfClosePatience)
        let timer = loop.schedule(at: patience) { [weak self] in
            self?.fail(.closedHere)
        }
        state.waiters[id]?.interruption = error
        state.waiters[id]?.timer = timer
        state.machine.finishWriting()
    }

    private func stay(
        _ state: inout State, _ id: UInt64, _ waiter: Waiter, _ error: ConnectionError
    ) {
        guard waiter.interruption == nil else { return }
        if let timer = waiter.timer { state.news.timers.append(timer) }
        let patience = MonotonicClock.deadline(after: Connection.halfClosePatience)
        state.waiters[id]?.interruption = error
        state.waiters[id]?.timer = loop.schedule(at: patience) { [weak self] in
            self?.abandon(id, error)
        }
    }

    private func abandon(_ id: UInt64, _ error: ConnectionError) {
        act { state in
            guard let waiter = state.waiters[id] else { return }
            if let place = waiter.receiverPlace { state.machine.inbox.abandon(place: place) }
            state.release(id, .failure(error))
        }
    }
}

extension Channel.State {
    /// Reads what has come, unless it is known already that something has.
    fileprivate mutating func look(setup: Channel.Setup) {
        machine.startReading()
        if !machine.hasNews { readHere(setup: setup) }
    }
}
