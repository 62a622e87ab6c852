public import Connections
internal import HostedObjects
public import Logging
internal import OpenSSL
public import Sockets
internal import Synchronization

/// A server of shared objects: CPython's `BaseManager.get_server()`, for stock Python and Swift
/// clients.
///
/// ```swift
/// let server = try ManagerServer(at: [.unix(path: "/run/jobs")], authkey: key)
/// try await server.run()
/// ```
public final class ManagerServer: Sendable {
    /// The addresses at which it listens, with their real ports.
    public var addresses: [SocketAddress] { endpoints.map(\.address) }
    /// The same, with whether TLS is spoken there.
    public let endpoints: [Endpoint]
    private let reloading: ServerReload
    private let loop: Mutex<ServerLoop?>
    private let stopper: Stopper
    private let nextKeyRing: NextKeyRing

    /// Binds the addresses and listens; clients are served once ``run()`` is called.
    ///
    /// - Parameters:
    ///   - addresses: where to listen, at least one. Port 0 takes a free one.
    ///   - authkey: the secret that clients must share.
    ///   - tls: what is shown and wanted under TLS, which is then spoken at all addresses; nil for
    ///     none of it.
    ///   - shared: objects that every client finds, by typeid, with the type each has: `["jobs":
    ///     "JoinableQueue"]`. Python: `M.register("jobs"); m.jobs()`.
    ///   - registry: types of your own.
    ///   - release: when locks and permits are free that a client has acquired and not given back.
    ///   - limits: what peers may make the server spend.
    ///   - logger: what it tells what happens: who was refused and why, limits that were reached,
    ///     connections that were lost; nil for nothing.
    /// - Throws: ``ManagerError`` with `addressInUse`, `invalidAddress`, `unknownType`, `tlsFailed`
    ///   or `system`.
    public convenience init(
        at addresses: [SocketAddress], authkey: AuthenticationKey, tls: TLSConfiguration? = nil,
        shared: [(name: String, typeid: String)] = [], registry: Registry = Registry(),
        release: ReleasePolicy = .died, limits: ServerLimits = ServerLimits(),
        logger: Logger? = nil
    ) throws(ManagerError) {
        try self.init(
            at: addresses.map { Endpoint($0, usesTLS: tls != nil) }, keys: ServerKeys(authkey),
            tls: tls, shared: shared, registry: registry, release: release, limits: limits,
            signals: [], logger: logger)
    }

    /// The same, for clients with keys of their own, and rights.
    ///
    /// - Parameters:
    ///   - keyRing: the keys, and what may be done with each of them.
    ///   - allowsMD5: whether CPython up to 3.11, which knows no better than HMAC-MD5, may come.
    /// - Throws: ``ManagerError`` with `addressInUse`, `invalidAddress`, `unknownType`, `tlsFailed`
    ///   or `system`.
    public convenience init(
        at addresses: [SocketAddress], keyRing: KeyRing, allowsMD5: Bool = true,
        tls: TLSConfiguration? = nil, shared: [(name: String, typeid: String)] = [],
        registry: Registry = Registry(), release: ReleasePolicy = .died,
        limits: ServerLimits = ServerLimits(), logger: Logger? = nil
    ) throws(ManagerError) {
        try self.init(
            at: addresses.map { Endpoint($0, usesTLS: tls != nil) },
            keys: ServerKeys(keyRing, allowsMD5: allowsMD5), tls: tls, shared: shared,
            registry: registry, release: release, limits: limits, signals: [], logger: logger)
    }

    /// The same, for a server that speaks TLS at some of its addresses, stops at signals, reads
    /// anew what it has read when it gets SIGHUP, and says what happens.
    package init(
        at endpoints: [Endpoint], keys: ServerKeys, tls: TLSConfiguration? = nil,
        shared: [(name: String, typeid: String)], registry: Registry = Registry(),
        release: ReleasePolicy, limits: ServerLimits, signals: [SignalPipe.Signal], logger: Logger?
    ) throws(ManagerError) {
        precondition(!endpoints.isEmpty, "a server listens at one address at least")
        var loop = try ServerLoop.make(
            keys, limits, registry, release: release, signals: signals, logger: logger)
        let certificates = try tls.map { tls throws(ManagerError) in try ServerCertificates(tls) }
        if certificates == nil, endpoints.contains(where: \.usesTLS) { throw .certificateMissing }
        if let problem = certificates?.problem {
            logger?.warning(
                "clients will refuse the certificate", metadata: ["reason": "\(problem)"])
        }
        loop.certificates = certificates
        reloading = Self.reload(certificates, keys.path, loop.nextKeyRing)
        loop.reload = reloading
        try loop.listen(at: endpoints)
        for (name, typeid) in shared { try loop.share(name, as: typeid) }
        self.endpoints = loop.endpoints
        stopper = loop.stopper
        nextKeyRing = loop.nextKeyRing
        self.loop = Mutex(loop)
    }

    /// What is read anew, by name.
    private static func reload(
        _ certificates: ServerCertificates?, _ keyRing: String?, _ next: NextKeyRing
    ) -> ServerReload {
        var parts: [ServerReload.Part] = []
        if let certificates {
            parts.append(
                ServerReload.Part(name: "certificates") { () throws(ManagerError) in
                    try certificates.reload()
                })
        }
        if let keyRing {
            parts.append(
                ServerReload.Part(name: "key ring") { () throws(ManagerError) in
                    next.leave(try KeyRing(contentsOf: keyRing))
                })
        }
        return ServerReload(parts)
    }

    /// Reads anew the files that it was given: certificates, their keys, a key ring. Connections
    /// that are open stay open, but those whose key the ring has no more; those that come get what
    /// was read. May be called at any time, from any thread.
    ///
    /// - Throws: ``ManagerError`` with `tlsFailed` or `invalidKeyRing` where a file is not what it
    ///   should be; what was read from it before stays then.
    public func reload() throws(ManagerError) {
        try reloading.run()
    }

    /// Serves until ``shutdown()``, a client's `shutdown`, or the end of the task that calls it.
    ///
    /// Then it listens no more, writes the replies it owes, for at most `limits.drainTimeout`, and
    /// closes all connections. May be called once.
    ///
    /// - Throws: ``ManagerError`` with `system` if the loop breaks.
    public func run() async throws(ManagerError) {
        let stopper = stopper
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                do throws(SocketError) {
                    // A thread of its own, where nothing holds it up.
                    try DedicatedThread.start(name: "manager") {
                        continuation.resume(returning: self.serve())
                    }
                } catch {
                    continuation.resume(returning: .failure(.system(error)))
                }
            }
        } onCancel: {
            stopper.stop()
        }
        try result.get()
    }

    /// The same on the calling thread, which must not be one of Swift's own pool.
    package func runHere() throws(ManagerError) {
        try serve().get()
    }

    private func serve() -> Result<Void, ManagerError> {
        guard var loop = loop.withLock({ $0.take() }) else {
            preconditionFailure("a manager server runs once")
        }
        return loop.run()
    }

    /// Lets in those of another ring instead of the one that it was made with, from any thread.
    ///
    /// Rights change at once, for calls that wait too. Connections that were opened by a key that
    /// their principal has no more end.
    public func replace(keyRing: KeyRing) { nextKeyRing.leave(keyRing) }

    /// Makes ``run()`` return, from any thread.
    public func shutdown() {
        stopper.stop()
    }
}

/// Asks the loop to stop, from any thread.
final class Stopper: Sendable {
    private let isAsked = Atomic(false)
    private let waker: Waker

    init(_ waker: Waker) {
        self.waker = waker
    }

    var isStopAsked: Bool { isAsked.load(ordering: .acquiring) }

    func stop() {
        isAsked.store(true, ordering: .releasing)
        waker.wake()
    }
}
