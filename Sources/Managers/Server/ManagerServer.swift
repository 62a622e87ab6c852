public import Connections
internal import HostedObjects
package import Logging
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
    public let addresses: [SocketAddress]
    private let loop: Mutex<ServerLoop?>
    private let stopper: Stopper
    private let orders: ServerOrders

    /// Binds the addresses and listens; clients are served once ``run()`` is called.
    ///
    /// - Parameters:
    ///   - addresses: where to listen, at least one. Port 0 takes a free one.
    ///   - authkey: the secret that clients must share.
    ///   - shared: objects that every client finds, by typeid, with the type each has: `["jobs":
    ///     "JoinableQueue"]`. Python: `M.register("jobs"); m.jobs()`.
    ///   - registry: types of your own.
    ///   - release: when locks and permits are free that a client has acquired and not given back.
    ///   - limits: what peers may make the server spend.
    /// - Throws: ``ManagerError`` with `addressInUse`, `invalidAddress`, `unknownType` or `system`.
    public convenience init(
        at addresses: [SocketAddress], authkey: AuthenticationKey,
        shared: [(name: String, typeid: String)] = [], registry: Registry = Registry(),
        release: ReleasePolicy = .died, limits: ServerLimits = ServerLimits()
    ) throws(ManagerError) {
        try self.init(
            at: addresses, keys: ServerKeys(authkey), shared: shared, registry: registry,
            release: release, limits: limits, signals: [], logger: nil)
    }

    /// The same, for clients with keys of their own, and rights.
    ///
    /// - Parameters:
    ///   - keyRing: the keys, and what may be done with each of them.
    ///   - allowsMD5: whether CPython up to 3.11, which knows no better than HMAC-MD5, may come.
    /// - Throws: ``ManagerError`` with `addressInUse`, `invalidAddress`, `unknownType` or `system`.
    public convenience init(
        at addresses: [SocketAddress], keyRing: KeyRing, allowsMD5: Bool = true,
        shared: [(name: String, typeid: String)] = [], registry: Registry = Registry(),
        release: ReleasePolicy = .died, limits: ServerLimits = ServerLimits()
    ) throws(ManagerError) {
        try self.init(
            at: addresses, keys: ServerKeys(keyRing, allowsMD5: allowsMD5), shared: shared,
            registry: registry, release: release, limits: limits, signals: [], logger: nil)
    }

    /// The same, for a server that also stops at signals and says what happens.
    package init(
        at addresses: [SocketAddress], keys: ServerKeys,
        shared: [(name: String, typeid: String)], registry: Registry = Registry(),
        release: ReleasePolicy, limits: ServerLimits, signals: [SignalPipe.Signal], logger: Logger?
    ) throws(ManagerError) {
        precondition(!addresses.isEmpty, "a server listens at one address at least")
        var loop = try ServerLoop.make(
            keys, limits, registry, release: release, signals: signals, logger: logger)
        try loop.listen(at: addresses)
        for (name, typeid) in shared { try loop.share(name, as: typeid) }
        self.addresses = loop.addresses
        stopper = loop.stopper
        orders = loop.orders
        self.loop = Mutex(loop)
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

    /// Reads again what it was made from files, from any thread: `manager serve` does so at SIGHUP.
    ///
    /// What is wrong in a file leaves things as they were, and is said in the log.
    public func reload() { orders.add(.reload) }

    /// Lets in those of another ring instead of the one that it was made with, from any thread.
    ///
    /// Rights change at once, for calls that wait too. Connections that were opened by a key that
    /// their principal has no more end.
    public func replace(keyRing: KeyRing) { orders.add(.replaceKeyRing(keyRing)) }

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
