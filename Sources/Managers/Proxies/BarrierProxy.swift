/// A proxy for a shared barrier: so many parties wait for one another, then all go on.
///
/// A barrier breaks where a party gives up (its time is over) or somebody aborts it: then all who
/// wait, and whoever comes, get `remote` (`BrokenBarrierError`) until it is reset.
public struct BarrierProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "BarrierProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// Waits until all parties are there.
    ///
    /// Cancelled, it leaves without breaking the barrier, and another party may come instead; a
    /// CPython server, which does not notice, goes on counting it.
    ///
    /// - Returns: a number from 0 up to before `parties`, another one for each.
    /// - Throws: ``ManagerError``; `remote` (`BrokenBarrierError`) where the barrier breaks.
    @discardableResult
    public func wait() async throws(ManagerError) -> Int {
        try await callWaiting("wait")
    }

    /// Waits until all parties are there; where it takes longer than so long, the barrier breaks.
    ///
    /// - Returns: a number from 0 up to before `parties`, another one for each.
    /// - Throws: ``ManagerError``; `remote` (`BrokenBarrierError`) where the barrier breaks.
    @discardableResult
    public func wait(timeout: Duration) async throws(ManagerError) -> Int {
        try await callWaiting("wait", timeout.inSeconds)
    }

    /// Breaks the barrier, for everybody.
    ///
    /// - Throws: ``ManagerError``.
    public func abort() async throws(ManagerError) {
        try await call("abort")
    }

    /// Makes the barrier as it was at first; those who wait get `BrokenBarrierError`.
    ///
    /// - Throws: ``ManagerError``.
    public func reset() async throws(ManagerError) {
        try await call("reset")
    }

    /// How many parties it takes.
    ///
    /// - Throws: ``ManagerError``.
    public var parties: Int {
        get async throws(ManagerError) { try await call("__getattribute__", "parties") }
    }

    /// How many parties wait.
    ///
    /// - Throws: ``ManagerError``.
    public var waitingParties: Int {
        get async throws(ManagerError) { try await call("__getattribute__", "n_waiting") }
    }

    /// Whether it is broken.
    ///
    /// - Throws: ``ManagerError``.
    public var isBroken: Bool {
        get async throws(ManagerError) { try await call("__getattribute__", "broken") }
    }
}
