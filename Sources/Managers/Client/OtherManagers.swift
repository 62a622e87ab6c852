internal import Connections
internal import Pickle
internal import Sockets
internal import Synchronization

/// The managers of other servers, proxies for whose objects have come out of this one's: those that
/// this process has; else each is connected to once, with the same key, as CPython does, and with
/// the same TLS.
final class OtherManagers: Sendable {
    private struct State {
        var managers: [SocketAddress: Manager] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// The manager at an address, connected to if it is the first time.
    func manager(
        at address: SocketAddress, _ contact: ServerContact
    ) async throws(ManagerError) -> Manager {
        if let known = ManagersOfProcess.shared.manager(at: address) { return known }
        if let known = state.withLock({ $0.managers[address] }) { return known }
        let new = try await Manager.connect(contact.elsewhere(address))
        let kept = state.withLock { state -> Manager? in
            guard !state.isClosed else { return nil }
            // Somebody else may have been faster.
            let kept = state.managers[address] ?? new
            state.managers[address] = kept
            return kept
        }
        if kept !== new { await new.close() }
        guard let kept else { throw .closed }
        return kept
    }

    /// Closes all of them for good.
    func close() async {
        let managers = state.withLock { state in
            state.isClosed = true
            defer { state.managers = [:] }
            return Array(state.managers.values)
        }
        for manager in managers { await manager.close() }
    }
}
