internal import Sockets
internal import Synchronization

extension TaggedLine {
    /// Sends a request and waits for its reply.
    ///
    /// - Parameters:
    ///   - owner: whose call it is, by its number; 0 is the connection's.
    ///   - keepsOutcome: whether the server is to keep the outcome, lest the reply get lost: an
    ///     error's `lostCall` is then what to ask for.
    ///   - onInterruption: what to do when the task is cancelled. (`halfClose` asks the server to
    ///     cancel the call, and stays for what it says.)
    ///   - timeout: how long to wait for the reply; nil for as long as it takes.
    ///   - isReturn: whether it gives something back, and may be made while this end closes.
    /// - Throws: `.closed`, `.timedOut`, `.cancelled`.
    package func exchange(
        _ request: [UInt8], owner: UInt32 = 0, keepsOutcome: Bool = false,
        onInterruption: ExchangeInterruption, timeout: Duration? = nil, isReturn: Bool = false
    ) async throws(ConnectionError) -> [UInt8] {
        let ticks = timeout.map(Self.ticks(in:))
        while true {
            // Where it does not begin, it may have been its turn.
            guard !Task.isCancelled else {
                wake()
                throw .cancelled("the exchange").unsent
            }
            switch begin(onInterruption, ticks, owner, isReturn) {
            case .over(let error):
                wake()
                throw error.unsent
            case .full: try await waitForTag(onInterruption)
            case .began(let id):
                let outcome = await withTaskCancellationHandler {
                    unsafe await withUnsafeContinuation { continuation in
                        transmit(
                            Sending(request, owner, keepsOutcome, isReturn), id,
                            unsafe Caller(continuation))
                    }
                } onCancel: {
                    interrupt(id)
                }
                return try result(outcome ?? .failure(.closedHere), timeout)
            }
        }
    }

    /// Sends a request and waits for its reply, where that can begin at once: as with
    /// `.awaitReply`, and quicker, for the task's cancellation is seen at the next tick only.
    ///
    /// - Returns: what came of it; nil where `exchange` is to be asked, for nothing has begun.
    package func exchangeAtOnce(
        _ request: [UInt8], keepsOutcome: Bool = false, timeout: Duration?
    ) async -> ExchangeOutcome? {
        let ticks = timeout.map(Self.ticks(in:))
        let outcome = unsafe await withUnsafeContinuation { continuation in
            unsafe transmitAtOnce(Sending(request, 0, keepsOutcome), ticks, continuation)
        }
        guard case .failure(let error) = outcome else { return outcome }
        return .failure(error.afterExchange(of: timeout))
    }

    private func transmitAtOnce(
        _ sending: Sending, _ ticks: UInt64?, _ continuation: UnsafeContinuation<Outcome?, Never>
    ) {
        // SAFETY: the task waits for the continuation, so it is there for as long as the caller is
        // in `waiting`; and whether it was cancelled may be asked from anywhere.
        guard let task = unsafe Caller.currentTask(), unsafe !Caller.isCancelled(task) else {
            return unsafe continuation.resume(returning: nil)
        }
        let (next, startsTicking) = state.withLock { state -> (Next?, Bool) in
            guard state.isOpen,
                let id = state.exchanges.begin(
                    .awaitReply, ticks: ticks, isWatched: true, at: state.outgoing.place,
                    isKept: sending.keepsOutcome)
            else { return (nil, false) }
            state.put(sending, id, unsafe Caller(continuation, task: task))
            return (state.whoWrites(loop), state.needsTicks())
        }
        guard let next else { return unsafe continuation.resume(returning: nil) }
        if startsTicking { scheduleTick() }
        proceed(next)
    }

    private func result(
        _ outcome: Outcome, _ timeout: Duration?
    ) throws(ConnectionError) -> [UInt8] {
        do throws(ConnectionError) {
            return try outcome.get()
        } catch {
            throw error.afterExchange(of: timeout)
        }
    }

    static func ticks(in time: Duration) -> UInt64 {
        let tick = UInt64(clamping: tick.nanosecondsRoundedUp)
        // The tick that is under way does not count.
        return 1 + (UInt64(clamping: time.nanosecondsRoundedUp) + tick - 1) / tick
    }

    // MARK: Beginning

    /// What is to be sent.
    struct Sending {
        let request: [UInt8]
        /// Whose call it is, by its number; 0 is the connection's.
        let owner: UInt32
        /// Whether the server is to keep the outcome.
        let keepsOutcome: Bool
        /// Whether it gives something back.
        let isReturn: Bool

        init(
            _ request: [UInt8], _ owner: UInt32, _ keepsOutcome: Bool, _ isReturn: Bool = false
        ) {
            self.request = request
            self.owner = owner
            self.keepsOutcome = keepsOutcome
            self.isReturn = isReturn
        }
    }

    private enum Beginning {
        case began(TaggedExchanges.ID)
        case full
        case over(ConnectionError)
    }

    private func begin(
        _ rule: ExchangeInterruption, _ ticks: UInt64?, _ owner: UInt32, _ isReturn: Bool
    ) -> Beginning {
        let (beginning, startsTicking) = state.withLock { state -> (Beginning, Bool) in
            if let refusal = state.refusal(of: owner, isReturn: isReturn) {
                return (.over(refusal), false)
            }
            // Where the request begins in the stream is known when it is appended.
            guard let id = state.exchanges.begin(rule, ticks: ticks) else { return (.full, false) }
            return (.began(id), state.needsTicks())
        }
        if startsTicking { scheduleTick() }
        return beginning
    }

    /// Waits until an exchange has ended.
    ///
    /// - Throws: `.cancelled`.
    func waitForTag(_ rule: ExchangeInterruption) async throws(ConnectionError) {
        let turn = Turn()
        let isFree = state.withLock { state in
            if state.refusal != nil || state.exchanges.hasFreeTag(rule) { return true }
            if rule == .awaitReply {
                state.queues.brief.append(turn)
            } else {
                state.queues.long.append(turn)
            }
            return false
        }
        if isFree { return }
        do throws(ConnectionError) {
            try await turn.value("the exchange")
        } catch {
            throw error.unsent
        }
    }

    /// Lets the next one try who waits for a tag, if there is one; all of them where nothing is
    /// asked any more.
    func wake() {
        while true {
            let (turn, drainers, isOver) = state.withLock { state in
                let turn = state.nextTurn()
                return (turn, turn == nil ? state.takeDrainers() : [], state.refusal != nil)
            }
            for drainer in drainers { drainer.complete(.success(())) }
            guard let turn else { return }
            // One that was cancelled has left its turn to the next.
            if turn.complete(.success(())), !isOver { return }
        }
    }

    /// Puts the request in line, and writes unless somebody does.
    private func transmit(_ sending: Sending, _ id: TaggedExchanges.ID, _ caller: Caller) {
        let (next, early) = state.withLock { state -> (Next, Outcome?) in
            let refusal = state.refusal(of: sending.owner, isReturn: sending.isReturn)
            guard state.exchanges.isWaiting(id), refusal == nil else {
                // It was cancelled, or nothing can be sent any more, before it began.
                _ = state.exchanges.interrupt(id, patience: 0)
                let reason =
                    refusal
                    ?? (Task.isCancelled
                        ? .cancelled("the exchange") : .timedOut("the exchange", after: .zero))
                return (.nothing, .failure(reason.unsent))
            }
            state.exchanges.sent(id, at: state.outgoing.place, isKept: sending.keepsOutcome)
            state.put(sending, id, caller)
            return (state.whoWrites(loop), nil)
        }
        if let early {
            // It may have been the last for which somebody waits to see all end.
            wake()
            caller.resume(early)
            return
        }
        proceed(next)
    }

    /// Sends what has no reply.
    func send(order: TaggedFrame.Order, tag: UInt32) {
        proceed(state.withLock { $0.put(order, tag, loop) })
    }

    // MARK: Interruption

    /// The caller's task was cancelled.
    func interrupt(_ id: TaggedExchanges.ID) {
        let patience = Self.ticks(in: Connection.halfClosePatience)
        var news = Completions()
        let (next, startsTicking) = state.withLock { state in
            var next = Next.nothing
            switch state.exchanges.interrupt(id, patience: patience) {
            case .nothing, .stay: break
            case .askAndStay: next = state.put(.cancel, id.tag, loop)
            case .askAndLeave:
                next = state.put(.cancel, id.tag, loop)
                state.release(id.tag, .cancelled("the exchange"), &news)
            }
            return (next, state.needsTicks())
        }
        if startsTicking { scheduleTick() }
        proceed(next)
        news.tell()
        wake()
    }

    func scheduleTick() {
        // Not weakly: counting references takes several times as long where some are weak.
        _ = loop.schedule(at: MonotonicClock.deadline(after: Self.tick)) { [self] in
            tickHasPassed()
        }
    }

    private func tickHasPassed() {
        var news = Completions()
        let (next, goesOn) = state.withLock { state in
            var next = Next.nothing
            for (id, interruption) in state.tick() {
                let error = interruption ?? .timedOut("the exchange", after: .zero)
                next.join(state.put(.cancel, id.tag, loop))
                state.release(id.tag, error, &news)
            }
            state.isTicking = false
            return (next, state.needsTicks())
        }
        if goesOn { scheduleTick() }
        proceed(next)
        news.tell()
        wake()
    }
}

extension ConnectionError {
    /// The same, and how long was waited where the time is over.
    func afterExchange(of timeout: Duration?) -> ConnectionError {
        guard code == .timedOut, let timeout else { return self }
        return .timedOut("the exchange", after: timeout)
    }
}

extension TaggedLine.State {
    /// Whether ticks are to begin: something ends with its time.
    mutating func needsTicks() -> Bool {
        guard !isTicking, end == nil, exchanges.watched > 0 else { return false }
        isTicking = true
        return true
    }

    /// A tick has passed.
    mutating func tick() -> [(id: TaggedExchanges.ID, error: ConnectionError?)] {
        exchanges.tick(patience: TaggedLine.ticks(in: Connection.halfClosePatience)) { tag in
            waiting[Int(tag)]?.isCancelled ?? false
        }
    }

    /// Puts the request of an exchange that has begun in line.
    mutating func put(
        _ sending: TaggedLine.Sending, _ id: TaggedExchanges.ID, _ caller: TaggedLine.Caller
    ) {
        wait(caller, id.tag)
        let head = TaggedFrame.Head(
            id.tag, owner: sending.owner, keptAs: sending.keepsOutcome ? id.serial : nil)
        outgoing.append(head, sending.request)
    }

    /// Somebody waits for the reply under a tag.
    @inline(__always)
    mutating func wait(_ caller: TaggedLine.Caller, _ tag: UInt32) {
        while waiting.count <= Int(tag) { waiting.append(nil) }
        waiting[Int(tag)] = caller
    }

    /// Puts an order in line, while the tag is what it stands for.
    mutating func put(
        _ order: TaggedFrame.Order, _ tag: UInt32, _ loop: IOLoop
    ) -> TaggedLine.Next {
        guard refusal == nil else { return .nothing }
        outgoing.append(TaggedFrame.Head(order, tag))
        return whoWrites(loop)
    }

    /// Takes the next one from the line who waits for a tag that is free now.
    mutating func nextTurn() -> TaggedLine.Turn? {
        guard exchanges.hasFreeTag(.awaitReply) || refusal != nil else { return nil }
        if let turn = queues.brief.popFirst() { return turn }
        guard exchanges.hasFreeTag(.halfClose) || refusal != nil else { return nil }
        return queues.long.popFirst()
    }

    /// Takes those who wait until nothing is under way, if nothing is, and nobody waits for a tag.
    mutating func takeDrainers() -> [TaggedLine.Turn] {
        guard !drainers.isEmpty, exchanges.count == 0, queues.brief.isEmpty, queues.long.isEmpty
        else { return [] }
        defer { drainers = [] }
        return drainers
    }

    /// Lets go of whoever waits under a tag, who gets no reply.
    mutating func release(
        _ tag: UInt32, _ error: ConnectionError, _ news: inout TaggedLine.Completions
    ) {
        takeCaller(tag)?.fail(error, &news)
    }

    /// Whoever waits under a tag, and does no more.
    mutating func takeCaller(_ tag: UInt32) -> TaggedLine.Caller? {
        guard waiting.indices.contains(Int(tag)) else { return nil }
        return waiting[Int(tag)].take()
    }
}
