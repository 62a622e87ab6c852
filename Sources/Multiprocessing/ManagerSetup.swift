public import Managers

/// What a server that `Manager.start` starts is to have
/// beside Python's types, and what it does first: CPython's `register`, `initializer` and
/// `initargs`.
///
/// ```swift
/// struct Counting: ManagerSetup {
///     let log: String
///     func register(in registry: inout Registry) {
///         registry.register("Counter", Counter.init) { $0.expose("next", Counter.next) }
///     }
///     func start() async throws { try Log.open(log) }
/// }
/// let manager = try await Manager.start(Counting(log: "/tmp/counting"))
/// ```
///
/// The value travels to the server's process, which is this program once more. Its type is declared
/// outside of functions, and is not private. `main` does not run there: what it has made, the
/// variables at the top level of a `main.swift` among it, is not there.
public protocol ManagerSetup: Codable, Sendable {
    /// Offers types of your own. The default offers none.
    func register(in registry: inout Registry)
    /// Is run in the server's process before it listens. The default does nothing.
    ///
    /// - Throws: whatever keeps the server from being of use: `Manager.start` then throws
    ///   `ManagerError` with `startFailed` and the error's description.
    func start() async throws
}

extension ManagerSetup {
    /// Offers no types.
    public func register(in registry: inout Registry) {}
    /// Does nothing.
    public func start() async throws {}
}

/// Nothing but Python's types.
struct NoSetup: ManagerSetup {}
