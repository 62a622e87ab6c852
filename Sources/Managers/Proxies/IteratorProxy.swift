/// A proxy for an iterator over a shared object, which lives in the server.
public struct IteratorProxy<Element: Codable & Sendable>: ManagerProxy {
    /// Python's class for it.
    public static var pythonName: String { "IteratorProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// The next element, nil when there is none: `next(iterator)`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`RuntimeError`) where what it goes through has
    ///   changed.
    public func next() async throws(ManagerError) -> Element? {
        do throws(ManagerError) {
            return try await call("__next__", returning: Element.self)
        } catch  where error.raised("StopIteration") {
            return nil
        }
    }
}
