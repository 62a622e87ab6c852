/// A proxy for a shared value.
public struct ValueProxy<Value: Codable & Sendable>: ManagerProxy {
    /// Python's class for it.
    public static var pythonName: String { "ValueProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// The value.
    ///
    /// - Throws: ``ManagerError``.
    public func get() async throws(ManagerError) -> Value {
        try await call("get")
    }

    /// The value.
    ///
    /// - Throws: ``ManagerError``.
    public var value: Value {
        get async throws(ManagerError) { try await get() }
    }

    /// Sets the value.
    ///
    /// - Throws: ``ManagerError``.
    public func set(_ value: Value) async throws(ManagerError) {
        try await call("set", value)
    }
}
