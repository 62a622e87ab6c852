internal import Pickle

// Slices, as Python has them: from `start` to before `stop`, each below zero counted from the end,
// in steps; what lies outside is left out.
extension ListProxy {
    /// Some of the elements: `l[start:stop:step]`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) for a step of 0.
    public func slice(
        from start: Int? = nil, to stop: Int? = nil, by step: Int? = nil
    ) async throws(ManagerError) -> [Element] {
        try await call("__getitem__", PickleValue.slice(start, stop, step))
    }

    /// Some of the elements: `l[lower:upper]`.
    ///
    /// - Throws: ``ManagerError``.
    public subscript(range: Range<Int>) -> [Element] {
        get async throws(ManagerError) {
            try await slice(from: range.lowerBound, to: range.upperBound)
        }
    }

    /// Puts others in the place of some elements: `l[start:stop:step] = elements`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) for a step other than 1 where there are
    ///   not as many.
    public func setSlice(
        from start: Int? = nil, to stop: Int? = nil, by step: Int? = nil,
        _ elements: [Element]
    ) async throws(ManagerError) {
        try await call("__setitem__", PickleValue.slice(start, stop, step), elements)
    }

    /// Removes some elements: `del l[start:stop:step]`.
    ///
    /// - Throws: ``ManagerError``.
    public func removeSlice(
        from start: Int? = nil, to stop: Int? = nil, by step: Int? = nil
    ) async throws(ManagerError) {
        try await call("__delitem__", PickleValue.slice(start, stop, step))
    }

    // MARK: Arithmetic

    /// The elements and then these: `l + elements`. The list stays as it is.
    ///
    /// - Throws: ``ManagerError``.
    public func appending(_ elements: [Element]) async throws(ManagerError) -> [Element] {
        try await call("__add__", elements)
    }

    /// The elements so many times: `l * count`. The list stays as it is.
    ///
    /// - Throws: ``ManagerError``.
    public func repeated(_ count: Int) async throws(ManagerError) -> [Element] {
        try await call("__mul__", count)
    }

    /// Repeats the list so many times: `l *= count`.
    ///
    /// - Throws: ``ManagerError``.
    public func formRepeated(_ count: Int) async throws(ManagerError) {
        try await call("__imul__", count)
    }
}

extension PickleValue {
    /// `slice(start, stop, step)`
    static func slice(_ start: Int?, _ stop: Int?, _ step: Int?) -> PickleValue {
        let parts = [start, stop, step].map { $0.map(PickleValue.int) ?? .none }
        return .reduce(.global(module: "builtins", name: "slice"), parts)
    }

    /// What a pickled iterator of a list goes through:
    /// `builtins.reversed(list)` with the index of the first element for its state, or
    /// `builtins.iter(list)`, once it is exhausted.
    var iterated: [PickleValue] {
        guard case .object(let object) = kind, let first = object.arguments.first,
            case .list(let items) = first.kind,
            case .global("builtins", let name) = object.callable.kind
        else { return [] }
        guard name == "reversed" else { return items }
        guard case .int(let index)? = object.states.last?.kind else { return items.reversed() }
        return items.prefix(max(0, min(index, items.count - 1) + 1)).reversed()
    }
}
