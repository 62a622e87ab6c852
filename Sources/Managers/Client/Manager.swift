public import Connections
internal import HostedObjects
internal import Pickle
public import Sockets
internal import Synchronization

/// A manager server, as a client has it: it makes shared objects, and the proxies for them.
///
/// ```swift
/// let manager = try await Manager.connect(to: .unix(path: "/run/jobs"), authkey: key)
/// let results = try await manager.dict(String.self, Int.self)
/// try await results.set(1, forKey: "one")
/// ```
///
/// Any number of tasks may use it at once. The server may be a ``ManagerServer``: then all calls
/// share one connection, and one that waits (`get`, `acquire`, …) keeps no other waiting. Or it is
/// a CPython process: then calls are pipelined on one connection, and one that may wait has
/// another to itself meanwhile.
public final class Manager: Sendable {
    /// Where the server listens.
    public var address: SocketAddress { contact.address }
    /// The secret that the server's clients share.
    public var authkey: AuthenticationKey { contact.authkey }
    /// What this client spends, and how long it waits.
    public var limits: ClientLimits { contact.limits }
    /// The version of a server of this house; nil for CPython's.  Where the manager was made for a
    /// proxy that came from another process, this library's.
    public let serverVersion: String?

    let contact: ServerContact
    let loop: IOLoop
    let shared: SharedLine
    let pool: LinePool
    let blockingLines: BlockingPool
    let releases: ReleaseQueue
    let others = OtherManagers()
    /// How many callers just ask what came of a call whose connection was lost.
    let recoveries = Atomic<Int>(0)
    private let closing = Mutex<Task<Void, Never>?>(nil)

    private init(_ contact: ServerContact, serverVersion: String?) throws(ManagerError) {
        do throws(ConnectionError) {
            loop = try IOLoop.shared()
        } catch {
            throw ManagerError(error)
        }
        self.contact = contact
        self.serverVersion = serverVersion
        shared = SharedLine(contact)
        pool = LinePool(contact, shared)
        blockingLines = BlockingPool(contact, shared)
        releases = ReleaseQueue(contact, shared)
        ManagersOfProcess.shared.add(self)
    }

    deinit { ManagersOfProcess.shared.remove(at: address) }

    /// Makes one that connects when it is first used.
    convenience init(
        to address: SocketAddress, authkey: AuthenticationKey, isOfThisHouse: Bool
    ) throws(ManagerError) {
        let contact = ServerContact(
            address: address, authkey: authkey, limits: ClientLimits(), allowsLegacy: true)
        try self.init(
            isOfThisHouse ? contact.identified() : contact,
            serverVersion: isOfThisHouse ? ServerInfo.version : nil)
    }

    /// Connects to a manager server: CPython's `SyncManager(address, authkey).connect()`.
    ///
    /// The server is asked what it is, so when this returns, it is there and has the same key.
    ///
    /// - Parameters:
    ///   - address: where the server listens.
    ///   - authkey: the secret that both share.
    ///   - tls: what is trusted and shown under TLS; nil for none of it.
    ///   - limits: what this client spends, and how long it waits.
    ///   - allowsLegacy: whether MD5 is good enough for the handshake: CPython's servers up to 3.11
    ///     know nothing else.
    /// - Throws: ``ManagerError`` with `unreachable`, `invalidAddress`, `authenticationFailed`,
    ///   `tlsFailed`, `timedOut`, `cancelled`, `connectionLost`, `unexpectedReply`, `system`.
    public static func connect(
        to address: SocketAddress, authkey: AuthenticationKey, tls: TLSConfiguration? = nil,
        limits: ClientLimits = ClientLimits(), allowsLegacy: Bool = true
    ) async throws(ManagerError) -> Manager {
        var contact = ServerContact(
            address: address, authkey: authkey, limits: limits, allowsLegacy: allowsLegacy)
        do throws(ConnectionError) {
            contact.tls = try tls.map { tls throws(ConnectionError) in try TLSClient(tls) }
        } catch {
            throw ManagerError(error)
        }
        return try await connect(contact)
    }

    /// Connects to a server that this program has started.
    package static func connect(
        to address: SocketAddress, authkey: AuthenticationKey, limits: ClientLimits,
        startedAs process: any ServerProcess
    ) async throws(ManagerError) -> Manager {
        let contact = ServerContact(
            address: address, authkey: authkey, limits: limits, allowsLegacy: false,
            process: process)
        // It is known what it is: so the connection for its calls is opened at once.
        let manager = try Manager(contact.identified(), serverVersion: ServerInfo.version)
        _ = try await manager.shared.connection()
        return manager
    }

    /// Connects to a server that is reached that way.
    static func connect(_ contact: ServerContact) async throws(ManagerError) -> Manager {
        let reply = try await contact.ask(.verb("server_info"))
        if let version = serverVersion(reply) {
            return try Manager(contact.identified(), serverVersion: version)
        }
        // CPython refuses that question, and so is asked its own.
        _ = try await contact.ask(.verb("dummy")).returned()
        return try Manager(contact, serverVersion: nil)
    }

    private static func serverVersion(_ reply: Reply) -> String? {
        guard case .value(let value) = reply,
            let info = try? PickleDecoder().decode([String: String].self, from: value),
            info["server"] == ServerInfo.server
        else { return nil }
        return info["version"]
    }

    /// Whether it was made by this process, and not by the one of which this is a copy.
    var isOfThisProcess: Bool { (try? IOLoop.shared()) === loop }

    /// Whether the server sees when a client that waits gives up.
    var seesClientsGo: Bool { serverVersion != nil }

    // MARK: The server

    /// How many objects somebody holds.
    ///
    /// - Throws: ``ManagerError``.
    public func numberOfObjects() async throws(ManagerError) -> Int {
        try await ask("number_of_objects")
    }

    /// The objects that somebody holds, each with its ident, its reference count and its `repr`.
    ///
    /// - Throws: ``ManagerError``.
    public func debugInfo() async throws(ManagerError) -> String {
        try await ask("debug_info")
    }

    /// The time that a call takes there and back, on the connection that calls share.
    ///
    /// - Throws: ``ManagerError``.
    public func roundTrip() async throws(ManagerError) -> Duration {
        let line = try await shared.connection()
        let start = ContinuousClock.now
        _ = try await contact.ask(.ping, on: line)
        return ContinuousClock.now - start
    }

    private func ask<Result: Decodable>(_ verb: String) async throws(ManagerError) -> Result {
        let value = try await ask(.verb(verb)).returned()
        return try await decode(Result.self, from: value)
    }

    /// Asks the server itself: one of this house on a connection that is open, one of CPython's on
    /// a connection for this request alone.
    ///
    /// - Parameter mayWait: whether the answer may take its time.
    func ask(_ request: [UInt8], mayWait: Bool = false) async throws(ManagerError) -> Reply {
        guard contact.identity == nil else {
            return mayWait
                ? try await callWaiting(request, timeout: limits.callTimeout)
                : try await call(request)
        }
        return try await contact.whenThere { () throws(ManagerError) in
            guard !releases.isClosed else { throw .closed }
            return try await contact.ask(request)
        }
    }

    // MARK: The end

    /// How long a server may take to say that a wait is over.
    private static let answerTime = Duration.milliseconds(250)

    /// Gives back all objects that proxies of this manager hold, within `limits.closeTimeout`, and
    /// closes all connections. Calls under way fail with `connectionLost` or `closed`, and what
    /// they take from a queue meanwhile goes back to it; later ones fail with `closed`. A server
    /// that this manager has started ends, as with ``shutdown()``.
    ///
    /// A CPython server goes on waiting for a caller that has gone, and nothing that it gives goes
    /// back: there, calls that wait are waited for, up to `limits.waitSlice`, and may come to
    /// something yet. Those of ``ManagerProxy/blocking`` are cut off as they are.
    ///
    /// A program that ends without it leaves the objects it held behind in the server. One that
    /// drops the last copy of a manager it has started, proxies included, ends the server too, but
    /// does not wait for that.
    public func close() async {
        // Whoever closes it, also from a task that was cancelled, waits until it is closed.
        let task = closing.withLock { closing in
            let task = closing ?? IOLoop.start { [self] in await closeNow() }
            closing = task
            return task
        }
        await task.value
    }

    private func closeNow() async {
        if contact.process != nil {
            // Its requests to the server may fail; the process ends all the same.
            try? await shutdown()
            return
        }
        let deadline = MonotonicClock.deadline(after: limits.closeTimeout)
        var rest: Duration { max(.zero, .nanoseconds(deadline - MonotonicClock.nanoseconds)) }
        await shared.abandonCalls(within: rest)
        // Who asks what came of a call may have something to give back yet.
        while recoveries.load(ordering: .relaxed) > 0, rest > .zero {
            _ = await IOLoop.sleep(for: .milliseconds(5))
        }
        // A CPython server that is waiting for a caller goes on with that whoever has gone.
        await pool.close(within: min(rest, limits.waitSlice + Self.answerTime))
        await releases.close(within: rest)
        await shared.confirmReturns(within: rest)
        shared.close()
        blockingLines.close()
        await others.close()
    }

    /// Waits until the calls under way have been answered, for at most `limits.closeTimeout`, and
    /// closes the manager: see ``close()``. Calls that are made meanwhile count too.
    ///
    /// Calls that have a connection of their own are not waited for, and fail: those of
    /// ``ManagerProxy/blocking``, a queue's `join`, and those that wait in a CPython server.
    public func drain() async {
        await shared.whenOpened()
        if let line = shared.taggedLine {
            await line.whenIdle(within: limits.closeTimeout)
        } else if let line = shared.plainLine {
            // Replies come in order: the one to this comes last.
            _ = try? await contact.within(limits.closeTimeout).ask(.ping, on: line)
        }
        await close()
    }
}

extension [UInt8] {
    /// A verb that no server knows, so any answers at once, with a traceback.
    static var ping: [UInt8] { Request.verb("ping") }

    /// A verb of the server's, without arguments.
    fileprivate static func verb(_ name: String) -> [UInt8] { Request.verb(name) }
}
