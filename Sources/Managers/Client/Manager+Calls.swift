internal import Connections
internal import Pickle
internal import Sockets

extension Manager {
    /// How often a call may be made because nothing has come of it, or it may be made again.
    private static let attempts = 5

    /// Makes a call that cannot wait, on the connection that all such calls share.
    func call(_ request: [UInt8]) async throws(ManagerError) -> Reply {
        try Reply(try await message(request))
    }

    /// The same; gives the reply as it came.
    ///
    /// - Parameter isRepeatable: whether it changes nothing, so that it may be made again where its
    ///   reply gets lost. The server keeps what comes of all others.
    func message(
        _ request: [UInt8], isRepeatable: Bool = false
    ) async throws(ManagerError) -> [UInt8] {
        if !CallObservation.isOn, let line = shared.taggedLine {
            let outcome = await line.exchangeAtOnce(
                request, keepsOutcome: !isRepeatable, timeout: limits.callTimeout)
            do throws(ConnectionError) {
                if let message = try outcome?.get() { return message }
            } catch {
                let error = ManagerError(error, inCall: true)
                if let message = try await recover(from: error, isRepeatable: isRepeatable) {
                    return message
                }
            }
        }
        if let message = try await tagged(
            request, isRepeatable, .awaitReply, limits.callTimeout)
        {
            return message
        }
        return try await untilSent { () throws(ManagerError) in
            try await shared.connection()
        } _: { (line) throws(ManagerError) in
            try await message(
                request, isRepeatable: isRepeatable, on: line, onInterruption: .awaitReply,
                timeout: limits.callTimeout)
        }
    }

    /// Makes a call on the tagged line, if that is open; nil if it is not, or the call has come to
    /// nothing and may be made anew.
    private func tagged(
        _ request: [UInt8], _ isRepeatable: Bool, _ rule: ExchangeInterruption,
        _ timeout: Duration?
    ) async throws(ManagerError) -> [UInt8]? {
        guard let line = shared.taggedLine else { return nil }
        do throws(ManagerError) {
            return try await contact.message(
                request, on: line, keepsOutcome: !isRepeatable, onInterruption: rule,
                timeout: timeout)
        } catch {
            return try await recover(from: error, isRepeatable: isRepeatable)
        }
    }

    /// Does something on a connection, and again on another one, a few times, if nothing of it has
    /// reached a server: the connection had ended, and the next one may not have.
    private func untilSent<Outcome>(
        _ connection: () async throws(ManagerError) -> any CallLine,
        _ body: (any CallLine) async throws(ManagerError) -> Outcome
    ) async throws(ManagerError) -> Outcome {
        var left = Self.attempts
        while true {
            let line = try await connection()
            do throws(ManagerError) {
                return try await body(line)
            } catch {
                left -= 1
                guard error.isServerAway, left > 0 else { throw error }
            }
        }
    }

    /// Makes a call that may wait, on a connection of its own where replies come in order.
    ///
    /// - Parameters:
    ///   - timeout: how long to wait; nil for as long as it takes.
    ///   - request: makes the request for so many seconds, nil for as long as it takes.
    ///   - read: what the reply means; nil when the server's time was over.
    /// - Returns: nil when the time is over.
    func wait<Outcome>(
        timeout: Duration?, _ request: (Double?) throws(ManagerError) -> [UInt8],
        _ read: (Reply) throws(ManagerError) -> Outcome?
    ) async throws(ManagerError) -> Outcome? {
        var start: Int64?
        if shared.taggedLine != nil {
            start = MonotonicClock.nanoseconds
            let seconds = WaitPlan.seconds(timeout)
            let time = contact.answerTime(waiting: seconds)
            if let message = try await tagged(try request(seconds), false, .halfClose, time) {
                return try read(try Reply(message))
            }
        }
        // Made anew, it has the rest of its time.
        return try await onLine { (line) throws(ManagerError) in
            let since = start ?? MonotonicClock.nanoseconds
            start = since
            return try await wait(on: line, timeout: timeout, since: since, request, read)
        }
    }

    /// Does something on a connection of its own.
    private func onLine<Outcome>(
        _ body: (any CallLine) async throws(ManagerError) -> Outcome
    ) async throws(ManagerError) -> Outcome {
        try await untilSent { () throws(ManagerError) in
            try await pool.take()
        } _: { (line) throws(ManagerError) in
            do throws(ManagerError) {
                let outcome = try await body(line)
                pool.giveBack(line)
                return outcome
            } catch {
                if error.isAnswer {
                    pool.giveBack(line)
                } else {
                    pool.discard(line)
                }
                throw error
            }
        }
    }

    /// The same on a given connection.
    func wait<Outcome>(
        on line: any CallLine, owner: UInt32 = 0, timeout: Duration?,
        since start: Int64 = MonotonicClock.nanoseconds,
        _ request: (Double?) throws(ManagerError) -> [UInt8],
        _ read: (Reply) throws(ManagerError) -> Outcome?
    ) async throws(ManagerError) -> Outcome? {
        var plan = WaitPlan(timeout: timeout, slice: seesClientsGo ? nil : limits.waitSlice)
        while true {
            let elapsed = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
            guard case .ask(let seconds) = plan.next(elapsed: elapsed) else { return nil }
            // The manager is being closed, and waits for this.
            if !seesClientsGo, pool.isClosed { throw .closed }
            let rule = seesClientsGo ? ExchangeInterruption.halfClose : .awaitReply
            let time = contact.answerTime(waiting: seconds)
            // What an owner holds goes with the line.
            let message =
                owner == 0
                ? try await message(
                    try request(seconds), on: line, onInterruption: rule, timeout: time)
                : try await contact.message(
                    try request(seconds), on: line, owner: owner, onInterruption: rule,
                    timeout: time)
            if let outcome = try read(try Reply(message)) { return outcome }
        }
    }

    /// Makes a call that waits in a way of its own, on a connection of its own where replies come
    /// in order.
    ///
    /// - Parameter timeout: how long the server may take; nil for as long as it takes.
    func callWaiting(
        _ request: [UInt8], timeout: Duration? = nil
    ) async throws(ManagerError) -> Reply {
        try Reply(try await messageWaiting(request, timeout: timeout))
    }

    /// The same; gives the reply as it came.
    ///
    /// - Parameter rule: what to do when the task is cancelled, where the server does not see that.
    func messageWaiting(
        _ request: [UInt8], timeout: Duration? = nil,
        onInterruption rule: ExchangeInterruption = .abandonReply
    ) async throws(ManagerError) -> [UInt8] {
        do throws(ManagerError) {
            if let message = try await tagged(request, false, .halfClose, timeout) {
                return message
            }
            return try await onLine { (line) throws(ManagerError) in
                try await message(
                    request, on: line, onInterruption: seesClientsGo ? .halfClose : rule,
                    timeout: timeout)
            }
        } catch  where error.isTakenOut {
            // Somebody else's code may have done half of it.
            throw error.withUnknownOutcome
        }
    }

    /// Makes a call that waits for as long as it takes and changes nothing, so that it may just be
    /// left: the connection is then closed.
    ///
    /// - Returns: false when the time is over.
    func waitIdly(
        timeout: Duration?, _ request: [UInt8], about object: ObjectReference
    ) async throws(ManagerError) -> Bool {
        let reply = try await onLine { (line) throws(ManagerError) -> Reply? in
            do throws(ManagerError) {
                return try await contact.ask(
                    request, on: line, onInterruption: .abandonReply, timeout: timeout)
            } catch {
                // It changes nothing, so it may be made again where its line was lost.
                guard error.code == .timedOut, timeout != nil else {
                    throw error.code == .connectionLost ? error.withoutTrace : error
                }
                pool.discard(line)
                return nil
            }
        }
        _ = try reply?.returned(about: object)
        return reply != nil
    }
}

// MARK: - Results

extension Manager {
    /// Decodes what a call returned; proxies in it are counted before they are anybody's.
    func decode<Result: Decodable>(
        _ type: Result.Type, from value: PickleValue
    ) async throws(ManagerError) -> Result {
        let arrivals = ProxyArrivals(self)
        let result = try decode(type, from: value, arrivals)
        let references = arrivals.all
        guard !references.isEmpty else { return result }
        // What was taken out of a queue must not be lost because its taker is cancelled now.
        let counted = try await uncancelled { [self] () throws(ManagerError) in
            try await count(references)
        }
        guard counted.contains(where: { $0.manager !== self }) else { return result }
        // Some are other managers': the proxies are made once more, of the right ones.
        return try decode(type, from: value, ProxyArrivals(self, counted: counted))
    }

    private func decode<Result: Decodable>(
        _ type: Result.Type, from value: PickleValue, _ arrivals: ProxyArrivals
    ) throws(ManagerError) -> Result {
        var decoder = PickleDecoder()
        decoder.userInfo[ProxyArrivals.key] = arrivals
        do {
            return try decoder.decode(type, from: value)
        } catch {
            throw .encoding("\(value.repr(limit: 100)) is no \(type)", error)
        }
    }

    /// Decodes what a call on an object came to, which may be a new object.
    @usableFromInline
    func result<Result: Decodable>(
        of message: [UInt8], _ reference: ObjectReference
    ) async throws(ManagerError) -> Result {
        try await result(of: try Reply(message), reference)
    }

    /// Decodes what a call on an object came to, which may be a new object.
    func result<Result: Decodable>(
        of reply: Reply, _ reference: ObjectReference
    ) async throws(ManagerError) -> Result {
        if case .proxy(let exposed, let token) = reply {
            let made = self.reference(token.typeID, token.id, exposed)
            guard let type = Result.self as? any ManagerProxy.Type,
                let proxy = type.init(made) as? Result
            else { throw .unexpectedReply("a new \(token.typeID) instead of a \(Result.self)") }
            return proxy
        }
        return try await decode(Result.self, from: reply.returned(about: reference))
    }

    /// Looks at nothing that a call came to but whether it failed. A new object is given back.
    @usableFromInline
    func ignoreResult(
        of message: [UInt8], _ reference: ObjectReference
    ) throws(ManagerError) {
        let reply = try Reply(message)
        if case .proxy(let exposed, let token) = reply {
            _ = self.reference(token.typeID, token.id, exposed)
        } else {
            _ = try reply.returned(about: reference)
        }
    }

    /// Decodes a pickle that came another way and may hold proxies for objects of this manager.
    ///
    /// - Throws: ``ManagerError`` with `encoding`; `objectGone` where a proxy's object is no more.
    public func decode<Result: Decodable>(
        _ type: Result.Type, fromPickle pickle: [UInt8]
    ) async throws(ManagerError) -> Result {
        let value: PickleValue
        do {
            value = try PickleValue(pickle: pickle, limits: .decoding)
        } catch {
            throw .encoding("this is no pickle", error)
        }
        return try await decode(type, from: value)
    }
}
