public import Managers
public import ServiceLifecycle

/// A client of a manager server as one of the services of a `ServiceGroup`, which closes it after
/// the services that use it.
///
/// ```swift
/// let manager = try await Manager.connect(to: .unix(path: "/run/jobs"), authkey: key)
/// let group = ServiceGroup(
///     services: [ManagerClientService(manager), Worker(manager)],
///     gracefulShutdownSignals: [.sigterm], logger: logger)
/// try await group.run()
/// ```
///
/// A group ends its services from the last to the first, so the client comes before those who use
/// it. At a graceful shutdown its calls under way are answered, for at most its
/// `ClientLimits.closeTimeout`, and the objects it holds are given back.
public struct ManagerClientService: Service {
    private let manager: Manager

    /// Makes a service of a client that nobody else closes.
    public init(_ manager: Manager) {
        self.manager = manager
    }

    /// Waits for a graceful shutdown, or the end of the task, and drains the client.
    public func run() async throws {
        // Where the task is cancelled there is nothing to wait for.
        let isGraceful = (try? await gracefulShutdown()) != nil
        if isGraceful {
            await manager.drain()
        } else {
            await manager.close()
        }
    }
}
