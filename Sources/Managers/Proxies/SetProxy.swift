/// A proxy for a shared set, which CPython's managers have since Python 3.14.
///
/// Elements are equal where Python says so: `1` and `1.0` are one.
public struct SetProxy<Element: Codable & Hashable & Sendable>: ManagerProxy {
    /// Python's class for it.
    public static var pythonName: String { "SetProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    // MARK: Looking

    /// Whether there is such an element: `element in s`.
    ///
    /// - Throws: ``ManagerError``.
    public func contains(_ element: Element) async throws(ManagerError) -> Bool {
        try await call("__contains__", element)
    }

    /// How many elements there are: `len(s)`.
    ///
    /// - Throws: ``ManagerError``.
    public var count: Int {
        get async throws(ManagerError) { try await call("__len__") }
    }

    /// Whether there are no elements.
    ///
    /// - Throws: ``ManagerError``.
    public var isEmpty: Bool {
        get async throws(ManagerError) { try await count == 0 }
    }

    /// All elements: `s.copy()`.
    ///
    /// - Throws: ``ManagerError``.
    public func elements() async throws(ManagerError) -> Set<Element> {
        try await call("copy")
    }

    /// Whether all of its elements are among these: `s.issubset(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func isSubset(of other: Set<Element>) async throws(ManagerError) -> Bool {
        try await call("issubset", other)
    }

    /// Whether all of these are among its elements: `s.issuperset(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func isSuperset(of other: Set<Element>) async throws(ManagerError) -> Bool {
        try await call("issuperset", other)
    }

    /// Whether none of these is among its elements: `s.isdisjoint(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func isDisjoint(with other: Set<Element>) async throws(ManagerError) -> Bool {
        try await call("isdisjoint", other)
    }

    /// Its elements and these: `s.union(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func union(_ other: Set<Element>) async throws(ManagerError) -> Set<Element> {
        try await call("union", other)
    }

    /// Those of its elements that are among these: `s.intersection(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func intersection(_ other: Set<Element>) async throws(ManagerError) -> Set<Element> {
        try await call("intersection", other)
    }

    /// Its elements without these: `s.difference(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func subtracting(_ other: Set<Element>) async throws(ManagerError) -> Set<Element> {
        try await call("difference", other)
    }

    /// What is either its element or one of these, but not both: `s.symmetric_difference(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func symmetricDifference(
        _ other: Set<Element>
    ) async throws(ManagerError) -> Set<Element> {
        try await call("symmetric_difference", other)
    }

    // MARK: Changing

    /// Adds an element: `s.add(element)`.
    ///
    /// - Throws: ``ManagerError``.
    public func add(_ element: Element) async throws(ManagerError) {
        try await call("add", element)
    }

    /// Removes an element, if it is there: `s.discard(element)`.
    ///
    /// - Throws: ``ManagerError``.
    public func discard(_ element: Element) async throws(ManagerError) {
        try await call("discard", element)
    }

    /// Removes an element: `s.remove(element)`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`KeyError`) where it is not there.
    public func remove(_ element: Element) async throws(ManagerError) {
        try await call("remove", element)
    }

    /// Removes some element and gives it, nil where there is none: `s.pop()`.
    ///
    /// - Throws: ``ManagerError``.
    public func pop() async throws(ManagerError) -> Element? {
        do throws(ManagerError) {
            return try await call("pop", returning: Element.self)
        } catch  where error.raised("KeyError") {
            return nil
        }
    }

    /// Adds all of these: `s.update(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func formUnion(_ other: Set<Element>) async throws(ManagerError) {
        try await call("update", other)
    }

    /// Removes what is not among these: `s.intersection_update(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func formIntersection(_ other: Set<Element>) async throws(ManagerError) {
        try await call("intersection_update", other)
    }

    /// Removes these: `s.difference_update(other)`.
    ///
    /// - Throws: ``ManagerError``.
    public func subtract(_ other: Set<Element>) async throws(ManagerError) {
        try await call("difference_update", other)
    }

    /// Removes everything: `s.clear()`.
    ///
    /// - Throws: ``ManagerError``.
    public func clear() async throws(ManagerError) {
        try await call("clear")
    }
}
