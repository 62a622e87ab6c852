internal import Pickle

/// A proxy for a shared flag that calls can wait for.
public struct EventProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "EventProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// Whether the flag is set.
    ///
    /// - Throws: ``ManagerError``.
    public var isSet: Bool {
        get async throws(ManagerError) { try await call("is_set") }
    }

    /// Sets the flag, and lets everybody go on who waits.
    ///
    /// - Throws: ``ManagerError``.
    public func set() async throws(ManagerError) {
        try await call("set")
    }

    /// Clears the flag.
    ///
    /// - Throws: ``ManagerError``.
    public func clear() async throws(ManagerError) {
        try await call("clear")
    }

    /// Waits until the flag is set.
    ///
    /// - Throws: ``ManagerError``.
    public func wait() async throws(ManagerError) {
        _ = try await wait(for: nil)
    }

    /// Waits until the flag is set, for so long at the most.
    ///
    /// - Returns: whether it is set; false when the time is over.
    /// - Throws: ``ManagerError``.
    public func wait(timeout: Duration) async throws(ManagerError) -> Bool {
        try await wait(for: timeout)
    }

    private func wait(for timeout: Duration?) async throws(ManagerError) -> Bool {
        let ident = reference.ident
        let isSet: Void? = try await manager.wait(timeout: timeout) {
            (seconds) throws(ManagerError) in
            guard let seconds else { return try Request.call(ident, "wait") }
            return try Request.call(ident, "wait", seconds)
        } _: { (reply) throws(ManagerError) in
            try reply.returned(about: reference).isTrue ? () : nil
        }
        return isSet != nil
    }
}

extension PickleValue {
    /// Whether it is `True`.
    var isTrue: Bool {
        guard case .bool(true) = kind else { return false }
        return true
    }
}
