public import Connections
public import Managers
public import Sockets

/// Starts a server in a process of its own, and ends it when `body` has ended, whether by a result,
/// an error or cancellation: CPython's `with Manager() as manager:`.
///
/// ```swift
/// try await withManager { manager in
///     let results = try await manager.dict(String.self, Int.self)
///     …
/// }
/// ```
///
/// - Parameters:
///   - address: where the server listens; nil for a Unix socket in a new directory that only this
///     user may enter.
///   - authkey: the secret that its clients share; nil for this process's.
///   - shared: objects that every client finds, by typeid: see `ManagerServer`.
///   - release: when locks and permits are free that a client has not given back.
///   - limits: what its clients may make the server spend.
///   - clientLimits: what this client spends, and how long it waits.
///   - body: what is done with it.
/// - Throws: `ManagerError` as `Manager.start` does, and what `body` throws.
public func withManager<Outcome>(
    at address: SocketAddress? = nil, authkey: AuthenticationKey? = nil,
    shared: [(name: String, typeid: String)] = [], release: ReleasePolicy = .died,
    limits: ServerLimits = ServerLimits(), clientLimits: ClientLimits = ClientLimits(),
    _ body: (Manager) async throws -> Outcome
) async throws -> Outcome {
    let manager = try await Manager.start(
        at: address, authkey: authkey, shared: shared, release: release, limits: limits,
        clientLimits: clientLimits)
    return try await closing(manager, after: body)
}

/// The same for a server that has types of your own too, or does something first.
///
/// - Parameters:
///   - setup: the types, and what is done first.
///   - address: where the server listens; nil for a Unix socket in a new directory that only this
///     user may enter.
///   - authkey: the secret that its clients share; nil for this process's.
///   - shared: objects that every client finds, by typeid: see `ManagerServer`.
///   - release: when locks and permits are free that a client has not given back.
///   - limits: what its clients may make the server spend.
///   - clientLimits: what this client spends, and how long it waits.
///   - body: what is done with it.
/// - Throws: `ManagerError` as `Manager.start` does, and what `body` throws.
public func withManager<Setup: ManagerSetup, Outcome>(
    _ setup: Setup, at address: SocketAddress? = nil, authkey: AuthenticationKey? = nil,
    shared: [(name: String, typeid: String)] = [], release: ReleasePolicy = .died,
    limits: ServerLimits = ServerLimits(), clientLimits: ClientLimits = ClientLimits(),
    _ body: (Manager) async throws -> Outcome
) async throws -> Outcome {
    let manager = try await Manager.start(
        setup, at: address, authkey: authkey, shared: shared, release: release,
        limits: limits,
        clientLimits: clientLimits)
    return try await closing(manager, after: body)
}

/// Connects to a server that is there, and gives back what was held of it when `body` has ended.
/// The server goes on.
///
/// - Parameters:
///   - address: where the server listens.
///   - authkey: the secret that both share.
///   - limits: what this client spends, and how long it waits.
///   - body: what is done with it.
/// - Throws: `ManagerError` as `Manager.connect` does, and what `body` throws.
public func withManager<Outcome>(
    connectedTo address: SocketAddress, authkey: AuthenticationKey,
    limits: ClientLimits = ClientLimits(), _ body: (Manager) async throws -> Outcome
) async throws -> Outcome {
    let manager = try await Manager.connect(to: address, authkey: authkey, limits: limits)
    return try await closing(manager, after: body)
}

private func closing<Outcome>(
    _ manager: Manager, after body: (Manager) async throws -> Outcome
) async throws -> Outcome {
    let outcome: Outcome
    do {
        outcome = try await body(manager)
    } catch {
        await manager.close()
        throw error
    }
    await manager.close()
    return outcome
}
