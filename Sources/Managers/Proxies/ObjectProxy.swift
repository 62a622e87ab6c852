/// A proxy for an object of any type: its methods are called by name.
///
/// ```swift
/// let maths = try await manager.create("Maths")
/// let sum: Int = try await maths.call("add", 1, 2)
/// ```
public struct ObjectProxy: ManagerProxy {
    /// Python has no class for such a type, and makes one.
    public static let pythonName = "AutoProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }
}
