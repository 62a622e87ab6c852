/// The process of a server that a manager has started, and that lives for it: when the last
/// reference to this goes, the server ends.
package protocol ServerProcess: Sendable {
    /// The number by which the system knows it.
    var identifier: Int32 { get }
    /// How it ended (`signal 9`); nil while it runs.
    var end: String? { get }

    /// Waits until it has ended, for as long as it takes or so long.
    ///
    /// - Returns: false when the time is over.
    /// - Throws: ``ManagerError`` with `cancelled`.
    func wait(timeout: Duration?) async throws(ManagerError) -> Bool
    /// Asks it to end (SIGTERM).
    func terminate()
    /// Ends it (SIGKILL).
    func kill()
}
