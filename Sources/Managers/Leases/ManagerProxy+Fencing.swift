extension ManagerProxy {
    /// A proxy for the same object, all of whose calls are made under a token: they fail with
    /// `fenced` once the object has been called under a younger one.
    ///
    /// ```swift
    /// try await lock.withLock(lease: .seconds(10)) { token in
    ///     try await journal.fenced(by: token).append("mine")
    /// }
    /// ```
    /// The object keeps the youngest token that it has seen, for as long as it lives. Calls without
    /// a token are not refused: an object is protected where all who change it do so under tokens.
    /// A call that waits, as one for room in a queue, is refused also while it waits; a method of a
    /// type of one's own that has begun goes on.
    ///
    /// Stored in another object, it is a proxy as any other. Of an RLock or a condition it is
    /// another owner.
    ///
    /// - Note: A CPython server knows no tokens; there calls fail with `remote`.
    public func fenced(by token: FencingToken) -> Self {
        Self(ObjectReference(reference, fencedBy: token))
    }

    /// Calls a method under a token, and looks at no result: ``fenced(by:)`` for a single call.
    ///
    /// - Throws: ``ManagerError``; `fenced` where the object was called under a younger token.
    public func write<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument, fencedBy token: FencingToken
    ) async throws(ManagerError) {
        try await fenced(by: token).call(method, repeat each argument)
    }
}
