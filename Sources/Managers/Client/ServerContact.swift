internal import Connections
internal import Pickle
internal import Sockets

/// How to reach a server: what every new connection to it needs.
struct ServerContact: Sendable {
    let address: SocketAddress
    let authkey: AuthenticationKey
    private(set) var limits: ClientLimits
    let allowsLegacy: Bool
    /// What is trusted and shown under TLS; nil for none of it.
    var tls: TLSClient?
    /// The server's process, if this program has started it for this contact.
    var process: (any ServerProcess)?

    /// What a server of this house knows this client by; nil for one of CPython's.
    ///
    /// It counts what the client counts, and frees what it holds when the client is gone: its
    /// process, or its main connection where that is all the server sees. And it answers verbs on
    /// any connection.
    var identity: String?

    /// What the server calls the thread that serves us.
    private func name(isMain: Bool) -> String {
        guard let identity else { return "swift-multiprocessing" }
        return "swift-multiprocessing#\(identity)" + (isMain ? "" : "|line")
    }

    /// The same contact, of a client that the server tells from others.
    func identified() -> ServerContact {
        var contact = self
        contact.identity = String(UInt64.random(in: .min ... .max), radix: 16)
        return contact
    }

    /// How to reach the server at another address, of which a proxy has told. A token says nothing
    /// of TLS: who uses it uses it with all hosts.
    func elsewhere(_ address: SocketAddress) -> ServerContact {
        ServerContact(
            address: address, authkey: authkey, limits: limits, allowsLegacy: allowsLegacy,
            tls: address.isTCP ? tls : nil)
    }

    func connect() async throws(ManagerError) -> Connection {
        do throws(ConnectionError) {
            return try await Connection.connect(
                to: address, authkey: authkey, secured: tls, timeout: limits.connectTimeout,
                messageSizeLimit: limits.messageSize, allowsLegacy: allowsLegacy)
        } catch {
            throw ManagerError(error)
        }
    }

    /// The same server, which has to answer soon.
    func within(_ time: Duration) -> ServerContact {
        var contact = self
        contact.limits.connectTimeout = time
        contact.limits.callTimeout = time
        return contact
    }

    /// Opens the connection on which all calls go that need none of their own: a tagged one, where
    /// the server agrees.
    ///
    /// ```text
    /// client                                            server
    /// 1  as in `openLine`
    /// 2  (None, 'tagged', (1, number), {})          ->
    /// 3                                             <-  ('#RETURN', how many tags)
    /// 4  frames with tags                           <->
    /// ```
    ///
    /// - Parameters:
    ///   - number: gives which of this client's it is; no two have the same.
    ///   - onUnwanted: told at its end what is to be taken back.
    /// - Returns: the connection, and whether the server takes this client for dead when it is
    ///   gone, because it does not see its process.
    func openMainLine(
        _ number: () -> UInt32, onUnwanted: @escaping TaggedLine.OnUnwanted
    ) async throws(ManagerError) -> (line: any CallLine, isLifeLine: Bool) {
        try await beforeCalls { () throws(ManagerError) in
            let (connection, isLifeLine) = try await accepted(isMain: true)
            guard identity != nil else { return (connection, isLifeLine) }
            let line = try await tagged(connection, number(), onUnwanted)
            if isLifeLine, limits.keepAliveInterval > .zero {
                (line as? TaggedLine)?.keepAlive(every: limits.keepAliveInterval)
            }
            return (line, isLifeLine)
        }
    }

    /// Agrees upon tags, if the server does.
    private func tagged(
        _ connection: Connection, _ number: UInt32, _ onUnwanted: @escaping TaggedLine.OnUnwanted
    ) async throws(ManagerError) -> any CallLine {
        let request = Request.verb("tagged", numbers: [1, Int(number)])
        guard case .value(let value) = try await ask(request, on: connection),
            case .int(let tags) = value.kind
        else { return connection }
        do throws(ConnectionError) {
            return try connection.tagged(
                tags: Int(clamping: tags), number: number,
                onPush: { StopNotice.heed($1, on: $0) }, onUnwanted: onUnwanted)
        } catch {
            throw ManagerError(error)
        }
    }

    /// Opens a connection that serves any number of calls, and is the owner of what they acquire.
    ///
    /// ```text
    /// client                                            server
    /// 1  connects, both authenticate
    /// 2  (None, 'accept_connection', (name,), {})   ->
    /// 3                                             <-  ('#RETURN', None), ours: False or True
    /// 4  (ident, method, args, kwds)                ->
    /// 5                                             <-  ('#RETURN', result)
    /// ```
    ///
    /// A server that is away is waited for, as long as `limits.reconnectTimeout` says.
    ///
    /// - Parameter isMain: whether it is the one that lasts as long as this client counts objects.
    /// - Returns: the connection, and whether the server takes this client for dead when the main
    ///   one is gone, because it does not see its process.
    func openLine(
        isMain: Bool
    ) async throws(ManagerError) -> (connection: Connection, isLifeLine: Bool) {
        try await beforeCalls { () throws(ManagerError) in try await accepted(isMain: isMain) }
    }

    private func accepted(
        isMain: Bool
    ) async throws(ManagerError) -> (connection: Connection, isLifeLine: Bool) {
        let connection = try await connect()
        let request = Request.verb("accept_connection", name(isMain: isMain))
        let answer = try await ask(request, on: connection).returned()
        return (connection, answer.isTrue)
    }

    /// Does, as soon as the server is there, what comes before any call: where the connection is
    /// lost over it, it is as if nobody had been there.
    private func beforeCalls<Outcome>(
        _ body: () async throws(ManagerError) -> Outcome
    ) async throws(ManagerError) -> Outcome {
        try await whenThere { () throws(ManagerError) in
            do throws(ManagerError) {
                return try await body()
            } catch  where error.code == .connectionLost {
                throw ManagerError(.unreachable, error.reason, underlying: error)
            }
        }
    }

    /// Does something as soon as the server is there: it may be away for a moment, because it is
    /// started anew. What has reached the server is not done again.
    func whenThere<Outcome>(
        _ body: () async throws(ManagerError) -> Outcome
    ) async throws(ManagerError) -> Outcome {
        let start = MonotonicClock.nanoseconds
        var backoff = Backoff(timeout: limits.reconnectTimeout)
        while true {
            let error: ManagerError
            do throws(ManagerError) {
                return try await body()
            } catch let failure {
                error = failure
            }
            guard error.isServerAway else { throw error }
            if let end = process?.end { throw .processEnded(end) }
            let elapsed = Duration.nanoseconds(MonotonicClock.nanoseconds - start)
            guard let pause = backoff.next(elapsed: elapsed, chance: .random(in: 0..<1)) else {
                throw error
            }
            guard await IOLoop.sleep(for: pause) else {
                throw ManagerError(.cancelled, "reaching the server was cancelled")
            }
        }
    }

    /// Asks one question on a connection of its own, as the verbs want it.
    func ask(_ request: [UInt8]) async throws(ManagerError) -> Reply {
        let connection = try await connect()
        defer { connection.close() }
        return try await ask(request, on: connection)
    }

    /// Asks on a connection, and is not cut short: an answer that is under way may count.
    func ask(
        _ request: [UInt8], on connection: any CallLine, owner: UInt32 = 0
    ) async throws(ManagerError) -> Reply {
        try await ask(
            request, on: connection, owner: owner, onInterruption: .awaitReply,
            timeout: limits.callTimeout)
    }

    /// Asks on a connection.
    ///
    /// - Parameter timeout: how long the server may take; nil for as long as it takes.
    func ask(
        _ request: [UInt8], on connection: any CallLine, owner: UInt32 = 0,
        onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ManagerError) -> Reply {
        try Reply(
            try await message(
                request, on: connection, owner: owner, onInterruption: onInterruption,
                timeout: timeout))
    }

    /// The same; gives the reply as it came.
    func message(
        _ request: [UInt8], on line: some CallLine, owner: UInt32 = 0,
        keepsOutcome: Bool = false, onInterruption: ExchangeInterruption, timeout: Duration?
    ) async throws(ManagerError) -> [UInt8] {
        try checkLength(request.count)
        let observation = CallObservation(request, at: address)
        do throws(ConnectionError) {
            let message = try await line.exchange(
                request, owner: owner, keepsOutcome: keepsOutcome,
                onInterruption: onInterruption, timeout: timeout)
            observation?.replied(message)
            return message
        } catch {
            let error = ManagerError(error, inCall: true)
            observation?.failed(error)
            throw error
        }
    }

    /// Refuses a call that a server of this house would not read, and end the connection for.
    func checkLength(_ count: Int) throws(ManagerError) {
        guard count > PickleLimits.largestPickle, identity != nil else { return }
        throw ManagerError(
            .messageTooLarge,
            "a call of \(count) bytes, and a server reads \(PickleLimits.largestPickle)")
    }

    /// How long the server may take to answer a request that lets it wait so many seconds; nil for
    /// as long as it takes.
    func answerTime(waiting seconds: Double?) -> Duration? {
        guard let seconds, let callTimeout = limits.callTimeout else { return nil }
        return callTimeout + .seconds(seconds)
    }
}
