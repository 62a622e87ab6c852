internal import Connections
internal import HostedObjects
internal import Pickle
internal import Sockets
internal import Synchronization

/// The managers of this process, for proxies that come from other processes: in the target of a
/// child, through a connection or a queue.  They belong to the manager at their address; where this
/// process has none, one is made, which has this process's key, as in CPython, and connects when it
/// is first used.
final class ManagersOfProcess: Sendable {
    private static let all = PerProcess { ManagersOfProcess() }
    static var shared: ManagersOfProcess { all.value }

    private struct Entry {
        weak var manager: Manager?
    }

    private let entries = Mutex<[SocketAddress: Entry]>([:])

    /// Takes note of a manager: a later one takes the place of an earlier one at its address.
    func add(_ manager: Manager) {
        entries.withLock { $0[manager.address] = Entry(manager: manager) }
    }

    /// Forgets a manager that is no more, if no other has taken its place.
    func remove(at address: SocketAddress) {
        entries.withLock { entries in
            if let entry = entries[address], entry.manager == nil { entries[address] = nil }
        }
    }

    /// The object of a proxy that has come.
    ///
    /// - Throws: ``ManagerError`` with `invalidAddress`, `system`.
    func reference(to proxy: ProxyReference) throws(ManagerError) -> ObjectReference {
        guard let address = SocketAddress(tokenAddress: proxy.token.address) else {
            throw ManagerError(
                .invalidAddress, "a proxy of \(proxy.token.address.repr(limit: 100))")
        }
        let manager = try manager(at: address, ident: proxy.token.id)
        let reference = ObjectReference(
            manager, proxy.token, exposed: proxy.exposed ?? [], isCounted: false)
        // A forked process has no tasks: there the object is its sender's.
        guard !HostProcess.isForked else { return reference }
        // Not loose: it ends with the server's answer.  Nobody waits for it: a decoder cannot, and
        // where it fails the first call says why.
        Task { try? await manager.count(reference) }
        return reference
    }

    /// The one at an address, if this process has one that is not closed.
    func manager(at address: SocketAddress) -> Manager? {
        guard let known = entries.withLock({ $0[address]?.manager }), known.isOfThisProcess,
            !known.releases.isClosed
        else { return nil }
        return known
    }

    private func manager(
        at address: SocketAddress, ident: String
    ) throws(ManagerError) -> Manager {
        if let known = manager(at: address) { return known }
        // Which server it is can be seen from the name that it has given the object.
        return try Manager(
            to: address, authkey: ProcessKey.current, isOfThisHouse: ObjectID.isOne(ident))
    }
}
