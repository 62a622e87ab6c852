public import Connections
public import Managers
internal import Processes
public import Sockets

extension Manager {
    /// Starts a server in a process of its own, and connects to it: CPython's `Manager()`.
    ///
    /// ```swift
    /// let manager = try await Manager.start()
    /// let results = try await manager.dict(String.self, Int.self)
    /// …
    /// try await manager.shutdown()
    /// ```
    ///
    /// The process is this program once more; its `main` does not run there, and need not know. It
    /// ends with this manager, by `Manager.shutdown()`, `Manager.close()` or when the last copy
    /// of the manager and of its proxies is dropped, and with this program, even if that is killed.
    /// It ignores Ctrl-C, which a terminal sends to all of a program's processes.
    ///
    /// - Parameters:
    ///   - address: where the server listens; nil for a Unix socket in a new directory that only
    ///     this user may enter.
    ///   - authkey: the secret that its clients share; nil for this process's, which its children
    ///     have too, so that proxies in their targets connect.
    ///   - shared: objects that every client finds, by typeid: see `ManagerServer`.
    ///   - release: when locks and permits are free that a client has not given back.
    ///   - limits: what its clients may make the server spend.
    ///   - clientLimits: what this client spends, and how long it waits.
    /// - Throws: `ManagerError` with `addressInUse`, `invalidAddress`, `unknownType`,
    ///   `startFailed`, `cancelled`, `system`.
    public static func start(
        at address: SocketAddress? = nil, authkey: AuthenticationKey? = nil,
        shared: [(name: String, typeid: String)] = [], release: ReleasePolicy = .died,
        limits: ServerLimits = ServerLimits(), clientLimits: ClientLimits = ClientLimits()
    ) async throws(ManagerError) -> Manager {
        try await start(
            NoSetup(), at: address, authkey: authkey, shared: shared, release: release,
            limits: limits,
            clientLimits: clientLimits)
    }

    /// The same for a server that has types of your own too, or does something first.
    ///
    /// - Parameters:
    ///   - setup: the types, and what is done first.
    ///   - address: where the server listens; nil for a Unix socket in a new directory that only
    ///     this user may enter.
    ///   - authkey: the secret that its clients share; nil for this process's, which its children
    ///     have too, so that proxies in their targets connect.
    ///   - shared: objects that every client finds, by typeid: see `ManagerServer`.
    ///   - release: when locks and permits are free that a client has not given back.
    ///   - limits: what its clients may make the server spend.
    ///   - clientLimits: what this client spends, and how long it waits.
    /// - Throws: `ManagerError` with `startFailed` for what the setup throws, and as above.
    public static func start<Setup: ManagerSetup>(
        _ setup: Setup, at address: SocketAddress? = nil, authkey: AuthenticationKey? = nil,
        shared: [(name: String, typeid: String)] = [], release: ReleasePolicy = .died,
        limits: ServerLimits = ServerLimits(), clientLimits: ClientLimits = ClientLimits()
    ) async throws(ManagerError) -> Manager {
        let key = authkey ?? ChildProcess.current.authkey
        let directory = address == nil ? try newDirectory() : nil
        let name = ServerMain<Setup>.socketName
        guard let place = address ?? directory?.address(name) else {
            preconditionFailure("a server listens at an address that was given or made")
        }
        let main = ServerMain(
            setup: setup, address: place.description, directory: directory?.path,
            authkey: key.bytes, shared: shared.map { .init(name: $0.name, typeid: $0.typeid) },
            release: release, limits: limits)
        let server: StartedServer
        do throws(ProcessError) {
            // The directory goes here too: a server that is killed leaves it behind.
            server = StartedServer(
                child: try await LaunchedProcess.start(main) { _ in directory?.remove(with: name) })
        } catch {
            directory?.remove(with: name)
            throw ManagerError(error)
        }
        return try await connect(
            to: try await report(of: server.child).address(), authkey: key, limits: clientLimits,
            startedAs: server)
    }

    private static func report(
        of child: LaunchedProcess
    ) async throws(ManagerError) -> ServerReport {
        let message: [UInt8]
        do throws(ConnectionError) {
            message = try await child.link.receiveBytes()
        } catch {
            guard error.code != .cancelled else {
                throw ManagerError(.cancelled, "starting a server was cancelled")
            }
            let end: ProcessEnd?
            do throws(ProcessError) {
                end = try await child.wait()
            } catch {
                throw ManagerError(error)
            }
            throw ManagerError(
                .startFailed,
                "the server's process ended before it was ready: \(end ?? .unknown)",
                underlying: error)
        }
        return try ServerReport(message)
    }

    private static func newDirectory() throws(ManagerError) -> PrivateDirectory {
        do throws(SocketError) {
            return try PrivateDirectory()
        } catch {
            throw ManagerError(.system, error.reason, underlying: error)
        }
    }
}
