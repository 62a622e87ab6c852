public import Pickle

// Each type comes in three ways: new, by a name that the first who asks gives it (`named:`, which
// only servers of this house know), and by a typeid under which the server has shared it from its
// start (`shared:`; Python: `M.register("jobs"); m.jobs()`).

extension Manager {
    /// A new dict, or the one of that name: `manager.dict(String.self, Int.self, named: "config")`.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where the server has no names, `remote`
    ///   (`TypeError`) where the name is that of another type.
    public func dict<Key, Value>(
        _ key: Key.Type = Key.self, _ value: Value.Type = Value.self, named name: String? = nil
    ) async throws(ManagerError) -> DictProxy<Key, Value> {
        try await make("dict", named: name)
    }

    /// A new dict with these contents, or the one of that name, which keeps its own.
    ///
    /// - Throws: ``ManagerError``.
    public func dict<Key, Value>(
        _ contents: [Key: Value], named name: String? = nil
    ) async throws(ManagerError) -> DictProxy<Key, Value> {
        try await make("dict", named: name, contents)
    }

    /// The dict that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func dict<Key, Value>(
        _ key: Key.Type = Key.self, _ value: Value.Type = Value.self, shared typeid: String
    ) async throws(ManagerError) -> DictProxy<Key, Value> {
        try await make(typeid, named: nil)
    }

    /// A new list, or the one of that name.
    ///
    /// - Throws: ``ManagerError``, as `dict`.
    public func list<Element>(
        of element: Element.Type = Element.self, named name: String? = nil
    ) async throws(ManagerError) -> ListProxy<Element> {
        try await make("list", named: name)
    }

    /// A new list with these contents, or the one of that name, which keeps its own.
    ///
    /// - Throws: ``ManagerError``.
    public func list<Element>(
        _ contents: [Element], named name: String? = nil
    ) async throws(ManagerError) -> ListProxy<Element> {
        try await make("list", named: name, contents)
    }

    /// The list that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func list<Element>(
        of element: Element.Type = Element.self, shared typeid: String
    ) async throws(ManagerError) -> ListProxy<Element> {
        try await make(typeid, named: nil)
    }

    /// A new namespace with these attributes, or the one of that name, which keeps its own.
    ///
    /// - Throws: ``ManagerError``.
    public func namespace(
        _ attributes: [String: PickleValue] = [:], named name: String? = nil
    ) async throws(ManagerError) -> NamespaceProxy {
        try await make("Namespace", named: name, keywords: attributes)
    }

    /// The namespace that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func namespace(shared typeid: String) async throws(ManagerError) -> NamespaceProxy {
        try await make(typeid, named: nil)
    }

    /// A new value, or the one of that name, which keeps its own.
    ///
    /// - Parameter typecode: what Python programs are told of the type; nobody checks it.
    /// - Throws: ``ManagerError``.
    public func value<Value>(
        _ value: Value, typecode: String = "O", named name: String? = nil
    ) async throws(ManagerError) -> ValueProxy<Value> {
        try await make("Value", named: name, typecode, value)
    }

    /// The value that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func value<Value>(
        of type: Value.Type = Value.self, shared typeid: String
    ) async throws(ManagerError) -> ValueProxy<Value> {
        try await make(typeid, named: nil)
    }
}

// MARK: - Arrays and sets

extension Manager {
    /// A new array, or the one of that name: `manager.array([1, 2, 3], typecode: "i")`.
    ///
    /// - Parameter typecode: what the elements are, as in Python's `array`: `"i"` for 32 bits with
    ///   a sign, `"d"` for a float of 64 bits, and so on.
    /// - Throws: ``ManagerError``, as `dict`; `remote` (`OverflowError`, `TypeError`) for an
    ///   element that the type code does not take.
    public func array<Element>(
        _ contents: [Element], typecode: String, named name: String? = nil
    ) async throws(ManagerError) -> ArrayProxy<Element> {
        try await make("Array", named: name, typecode, contents)
    }

    /// The array that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func array<Element>(
        of element: Element.Type = Element.self, shared typeid: String
    ) async throws(ManagerError) -> ArrayProxy<Element> {
        try await make(typeid, named: nil)
    }

    /// A new set, or the one of that name.
    ///
    /// - Throws: ``ManagerError``, as `dict`; `unknownType` from a CPython server before 3.14.
    public func set<Element>(
        of element: Element.Type = Element.self, named name: String? = nil
    ) async throws(ManagerError) -> SetProxy<Element> {
        try await make("set", named: name)
    }

    /// A new set with these contents, or the one of that name, which keeps its own.
    ///
    /// - Throws: ``ManagerError``, as `dict`; `unknownType` from a CPython server before 3.14.
    public func set<Element>(
        _ contents: Set<Element>, named name: String? = nil
    ) async throws(ManagerError) -> SetProxy<Element> {
        try await make("set", named: name, contents)
    }

    /// The set that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func set<Element>(
        of element: Element.Type = Element.self, shared typeid: String
    ) async throws(ManagerError) -> SetProxy<Element> {
        try await make(typeid, named: nil)
    }
}

// MARK: - Queues

extension Manager {
    /// A new queue, or the one of that name.
    ///
    /// - Parameter maxsize: how many items it holds before `put` waits; 0 for any number.
    /// - Throws: ``ManagerError``, as `dict`.
    public func queue<Element>(
        of element: Element.Type = Element.self, maxsize: Int = 0, named name: String? = nil
    ) async throws(ManagerError) -> QueueProxy<Element> {
        try await make("Queue", named: name, maxsize)
    }

    /// The queue that the server shares under a typeid.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func queue<Element>(
        of element: Element.Type = Element.self, shared typeid: String
    ) async throws(ManagerError) -> QueueProxy<Element> {
        try await make(typeid, named: nil)
    }

    /// A new queue whose items are reported done, or the one of that name.
    ///
    /// - Parameter maxsize: how many items it holds before `put` waits; 0 for any number.
    /// - Throws: ``ManagerError``, as `dict`.
    public func joinableQueue<Element>(
        of element: Element.Type = Element.self, maxsize: Int = 0, named name: String? = nil
    ) async throws(ManagerError) -> JoinableQueueProxy<Element> {
        try await make("JoinableQueue", named: name, maxsize)
    }

    /// The queue that the server shares under a typeid: `manager.joinableQueue(of: Job.self,
    /// shared: "jobs")`.
    ///
    /// - Throws: ``ManagerError``; `unknownType` where there is none.
    public func joinableQueue<Element>(
        of element: Element.Type = Element.self, shared typeid: String
    ) async throws(ManagerError) -> JoinableQueueProxy<Element> {
        try await make(typeid, named: nil)
    }
}
