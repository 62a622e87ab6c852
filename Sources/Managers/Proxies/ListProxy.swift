internal import Pickle

/// A proxy for a shared list.
///
/// Indices below zero count from the end, as in Python. Changing an element that was got changes
/// the copy; to change the shared one, `set` it again.
public struct ListProxy<Element: Codable & Sendable>: ManagerProxy {
    /// Python's class for it.
    public static var pythonName: String { "ListProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    // MARK: Looking

    /// The element at an index: `l[index]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none.
    public func get(_ index: Int) async throws(ManagerError) -> Element {
        try await call("__getitem__", index)
    }

    /// The element at an index: `l[index]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none.
    public subscript(index: Int) -> Element {
        get async throws(ManagerError) { try await get(index) }
    }

    /// All elements: `l[:]`.
    ///
    /// - Throws: ``ManagerError``.
    public func elements() async throws(ManagerError) -> [Element] {
        try await slice()
    }

    /// How many elements there are: `len(l)`.
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

    /// Whether there is such an element: `element in l`.
    ///
    /// - Throws: ``ManagerError``.
    public func contains(_ element: Element) async throws(ManagerError) -> Bool {
        try await call("__contains__", element)
    }

    /// How many elements equal this one: `l.count(element)`.
    ///
    /// - Throws: ``ManagerError``.
    public func count(of element: Element) async throws(ManagerError) -> Int {
        try await call("count", element)
    }

    /// The index of the first element that equals this one, nil where there is none:
    /// `l.index(element, start, stop)`.
    ///
    /// - Parameter range: where to look; nil for everywhere.
    /// - Throws: ``ManagerError``.
    public func firstIndex(
        of element: Element, in range: Range<Int>? = nil
    ) async throws(ManagerError) -> Int? {
        do throws(ManagerError) {
            guard let range else {
                return try await call("index", element, returning: Int.self)
            }
            return try await call(
                "index", element, range.lowerBound, range.upperBound, returning: Int.self)
        } catch  where error.raised("ValueError") {
            return nil
        }
    }

    /// The elements, the last one first: `reversed(l)`.
    ///
    /// - Throws: ``ManagerError``.
    public func reversed() async throws(ManagerError) -> [Element] {
        let iterator: PickleValue = try await call("__reversed__")
        return try await manager.decode([Element].self, from: .list(iterator.iterated))
    }

    // MARK: Changing

    /// Sets the element at an index: `l[index] = element`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none.
    public func set(_ element: Element, at index: Int) async throws(ManagerError) {
        try await call("__setitem__", index, element)
    }

    /// Appends an element: `l.append(element)`.
    ///
    /// - Throws: ``ManagerError``.
    public func append(_ element: Element) async throws(ManagerError) {
        try await call("append", element)
    }

    /// Appends elements, all at once: `l.extend(elements)`.
    ///
    /// - Throws: ``ManagerError``.
    public func append(contentsOf elements: [Element]) async throws(ManagerError) {
        try await call("extend", elements)
    }

    /// Inserts an element before an index: `l.insert(index, element)`.
    ///
    /// - Throws: ``ManagerError``.
    public func insert(_ element: Element, at index: Int) async throws(ManagerError) {
        try await call("insert", index, element)
    }

    /// Removes the element at an index, the last one's unless told, and gives it: `l.pop(index)`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none.
    public func pop(at index: Int = -1) async throws(ManagerError) -> Element {
        try await call("pop", index)
    }

    /// Removes the element at an index: `del l[index]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none.
    public func remove(at index: Int) async throws(ManagerError) {
        try await call("__delitem__", index)
    }

    /// Removes the first element that equals this one: `l.remove(element)`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) where there is none.
    public func remove(_ element: Element) async throws(ManagerError) {
        try await call("remove", element)
    }

    /// Removes everything: `del l[:]`.
    ///
    /// - Throws: ``ManagerError``.
    public func clear() async throws(ManagerError) {
        try await removeSlice()
    }

    /// Turns it round: `l.reverse()`.
    ///
    /// - Throws: ``ManagerError``.
    public func reverse() async throws(ManagerError) {
        try await call("reverse")
    }

    /// Sorts it, equal elements in their order: `l.sort(reverse=…)`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`TypeError`) for elements that Python does not
    ///   compare.
    public func sort(descending: Bool = false) async throws(ManagerError) {
        let request = Request(ident, "sort").finished(keywords: ["reverse": .bool(descending)])
        _ = try await manager.call(reference.under(request)).returned(about: reference)
    }
}
