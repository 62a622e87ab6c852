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
    let limits: ServerLimits

    func main(_ parent: ParentLink) throws {
        // Ctrl-C in a terminal goes to all of its processes: our parent decides what it means.
        HostProcess.ignore(.interrupt)
        HostProcess.raiseDescriptorLimit()
        let watch = ParentWatch(parent)
        // A setup may take its time, and its parent may be gone before it has done.
        try watch.start { removeDirectory() }
        if Setup.self == NoSetup.self {
            defer { removeDirectory() }
            // Here, on the process's first thread, as `manager serve` does.
            try announced(Result { try makeServer() }, watch)?.runHere()
        } else {
            // A setup's tasks and types may need the main actor.
            MainThread.run {
                defer { removeDirectory() }
                let made: Result<ManagerServer, any Error>
                do {
                    try await setup.start()
                    made = .success(try makeServer())
                } catch {
                    made = .failure(error)
                }
                try await announced(made, watch)?.run()
            }
        }
    }

    private func makeServer() throws -> ManagerServer {
        var registry = Registry()
        setup.register(in: &registry)
        return try ManagerServer(
            at: [SocketAddress(parsing: address)], authkey: AuthenticationKey(authkey),
            shared: shared.map { ($0.name, $0.typeid) }, registry: registry, limits: limits,
            signals: [.terminate], logger: nil)
    }

    /// Tells the parent how it went.
    ///
    /// - Returns: the server, which ends with the parent; nil where there is none.
    private func announced(
        _ made: Result<ManagerServer, any Error>, _ watch: ParentWatch
    ) throws -> ManagerServer? {
        switch made {
        case .success(let server):
            watch.watch(over: server)
            let address = server.addresses[0].description
            try watch.parent.send(ServerReport.ready(address: address).message)
            return server
        case .failure(let error):
            watch.watch(over: nil)
            try watch.parent.send(ServerReport(error).message)
            return nil
        }
    }

    private func removeDirectory() {
        guard let directory else { return }
        PrivateDirectory(madeAt: directory).remove(with: Self.socketName)
    }
}
