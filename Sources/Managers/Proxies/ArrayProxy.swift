internal import HostedObjects
internal import Pickle

/// A proxy for a shared array of numbers or characters of one type, Python's `array.array`.
///
/// Indices below zero count from the end, as in Python.
public struct ArrayProxy<Element: Codable & Sendable>: ManagerProxy {
    /// Python's class for it.
    public static var pythonName: String { "ArrayProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// The element at an index: `a[index]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none.
    public func get(_ index: Int) async throws(ManagerError) -> Element {
        try await call("__getitem__", index)
    }

    /// The element at an index: `a[index]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none.
    public subscript(index: Int) -> Element {
        get async throws(ManagerError) { try await get(index) }
    }

    /// Sets the element at an index: `a[index] = element`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`IndexError`) where there is none, `OverflowError` or
    ///   `TypeError` for an element that the array's type code does not take.
    public func set(_ element: Element, at index: Int) async throws(ManagerError) {
        try await call("__setitem__", index, element)
    }

    /// How many elements there are: `len(a)`.
    ///
    /// - Throws: ``ManagerError``.
    public var count: Int {
        get async throws(ManagerError) { try await call("__len__") }
    }

    /// All elements: `a[:]`.
    ///
    /// - Throws: ``ManagerError``.
    public func elements() async throws(ManagerError) -> [Element] {
        try await slice()
    }

    /// Some of the elements: `a[start:stop:step]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) for a step of 0.
    public func slice(
        from start: Int? = nil, to stop: Int? = nil, by step: Int? = nil
    ) async throws(ManagerError) -> [Element] {
        let array: PickleValue = try await call("__getitem__", PickleValue.slice(start, stop, step))
        return try await manager.decode([Element].self, from: .list(try array.arrayElements()))
    }
}

extension PickleValue {
    /// The elements of an array.
    fileprivate func arrayElements() throws(ManagerError) -> [PickleValue] {
        do {
            return try elements().map { try $0.decoded() }
        } catch {
            throw .encoding("\(repr(limit: 100)) is no array", error)
        }
    }
}
