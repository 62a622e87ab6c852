public import Managers
public import ServiceLifecycle

/// A manager server as one of the services of a `ServiceGroup`, which starts it, and ends it at
/// signals and with the others.
///
/// ```swift
/// import Multiprocessing
/// import MultiprocessingLifecycle
/// import ServiceLifecycle
///
/// let server = try ManagerServer(at: [.unix(path: "/run/jobs")], authkey: key)
/// let group = ServiceGroup(
///     services: [ManagerService(server)], gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// At a graceful shutdown the server listens no more and writes the replies it owes, for at most
/// its `ServerLimits.drainTimeout`.
public struct ManagerService: Service {
    private let server: ManagerServer

    /// Makes a service of a server that nobody else runs.
    public init(_ server: ManagerServer) {
        self.server = server
    }

    /// Serves until a graceful shutdown, a client's `shutdown`, or the end of the task.
    ///
    /// - Throws: ``ManagerError`` with `system` if the server's loop breaks.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            try await server.run()
        } onGracefulShutdown: {
            server.shutdown()
        }
    }
}
