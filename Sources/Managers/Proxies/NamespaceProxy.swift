public import Pickle

/// A proxy for a shared object with attributes.
///
/// ```swift
/// try await namespace.set("host", to: "example.org")
/// let host = try await namespace.get("host", as: String.self)
/// ```
public struct NamespaceProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "NamespaceProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// An attribute's value.
    ///
    /// - Throws: ``ManagerError``; `remote` (`AttributeError`) where there is none.
    public func get<Value: Decodable>(
        _ name: String, as type: Value.Type = Value.self
    ) async throws(ManagerError) -> Value {
        try await call("__getattribute__", name)
    }

    /// Sets an attribute.
    ///
    /// - Throws: ``ManagerError``.
    public func set(_ name: String, to value: some Encodable) async throws(ManagerError) {
        try await call("__setattr__", name, value)
    }

    /// Removes an attribute.
    ///
    /// - Throws: ``ManagerError``; `remote` (`AttributeError`) where there is none.
    public func remove(_ name: String) async throws(ManagerError) {
        try await call("__delattr__", name)
    }

    /// All attributes with their values.
    ///
    /// - Throws: ``ManagerError``.
    public func attributes() async throws(ManagerError) -> [String: PickleValue] {
        try await get("__dict__")
    }
}
