internal import Connections
internal import Managers
internal import Processes
internal import Sockets

/// What the process of a started server does.
///
/// ```text
/// parent                                 server
/// 1  starts it                      ->   2  runs the setup, binds and listens
/// 4  connects                       <-   3  its address, or why there is none
/// 5  ends, however that comes       ->   6  drains, and ends
/// ```
struct ServerMain<Setup: ManagerSetup>: ProcessMain {
    /// An object that every client finds.
    struct Shared: Sendable {
        let name: String
        let typeid: String
    }

    /// The name of the socket in a directory of the server's own.
    static var socketName: String { "s" }

    let setup: Setup
    /// Where to listen, as text.
    let address: String
    /// The directory that ends with the server.
    let directory: String?
    let authkey: [UInt8]
    let shared: [Shared]
    let release: ReleasePolicy
    let limits: ServerLimits

    func main(_ parent: ParentLink) throws {
        // Ctrl-C in a terminal goes to all of its processes: our parent decides what it means.
        HostProcess.ignore(.interrupt)
        HostProcess.raiseDescriptorLimit()
        // Its clients will authenticate; it can do without if there is no thread.
        try? DedicatedThread.start(name: "openssl") { AuthenticationKey.prepare() }
        if Setup.self == NoSetup.self {
            try serve(for: parent)
        } else {
            // A setup's tasks and types may need the main actor.
            MainThread.run { try await setUpAndServe(for: parent) }
        }
    }

    /// On the process's first and only thread, as `manager serve` does: the kernel asks less for a
    /// descriptor that no other thread can close.
    private func serve(for parent: ParentLink) throws {
        defer { removeDirectory() }
        let made = Result { try makeServer() }
        if case .success = made { try parent.endBecomesTermination() }
        try announced(made, to: parent)?.runHere()
    }

    private func setUpAndServe(for parent: ParentLink) async throws {
        defer { removeDirectory() }
        let watch = ParentWatch(parent)
        // A setup may take its time, and its parent may be gone before it has done.
        try watch.start { removeDirectory() }
        let made: Result<ManagerServer, any Error>
        do {
            try await setup.start()
            made = .success(try makeServer())
        } catch {
            made = .failure(error)
        }
        watch.watch(over: try? made.get())
        try await announced(made, to: parent)?.run()
    }

    private func makeServer() throws -> ManagerServer {
        var registry = Registry()
        setup.register(in: &registry)
        return try ManagerServer(
            at: [Endpoint(parsing: address)], keys: ServerKeys(AuthenticationKey(authkey)),
            shared: shared.map { ($0.name, $0.typeid) }, registry: registry,
            release: release, limits: limits, signals: [.terminate], logger: nil)
    }

    /// Tells the parent how it went.
    ///
    /// - Returns: the server; nil where there is none.
    private func announced(
        _ made: Result<ManagerServer, any Error>, to parent: ParentLink
    ) throws -> ManagerServer? {
        switch made {
        case .success(let server):
            let address = server.addresses[0].description
            try parent.send(ServerReport.ready(address: address).message)
            return server
        case .failure(let error):
            try parent.send(ServerReport(error).message)
            return nil
        }
    }

    private func removeDirectory() {
        guard let directory else { return }
        PrivateDirectory(madeAt: directory).remove(with: Self.socketName)
    }
}
