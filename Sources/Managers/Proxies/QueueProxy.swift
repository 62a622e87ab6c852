/// A proxy for a shared first-in, first-out queue.
///
/// As in CPython, a Queue and a JoinableQueue of a manager are the same: each item may be reported
/// done, and ``join()`` waits until all have been.
public struct QueueProxy<Element: Codable & Sendable>: ManagerProxy {
    /// Python has no class for it, and makes one.
    public static var pythonName: String { "AutoProxy" }
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    // MARK: Getting

    /// Waits for the first item and takes it: `q.get(timeout=…)`.
    ///
    /// An item is taken or it is not: neither the deadline nor a cancellation loses one. (One that
    /// is no `Element` is taken, and thrown away as an `encoding` error.)
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Throws: ``ManagerError``; `timedOut` where the queue stayed empty, `remote` (`ShutDown`)
    ///   where it is empty and was shut down.
    public func get(timeout: Duration? = nil) async throws(ManagerError) -> Element {
        let reference = reference
        let value = try await manager.wait(timeout: timeout) {
            (seconds) throws(ManagerError) in
            guard let seconds else { return reference.under(try Request.call(ident, "get")) }
            return reference.under(try Request.call(ident, "get", true, seconds))
        } _: { (reply) throws(ManagerError) in
            try reply.returned(about: reference, orNilFor: "Empty")
        }
        guard let value else { throw .timedOut("the queue stayed empty") }
        return try await manager.decode(Element.self, from: value)
    }

    /// Takes the first item, nil where there is none: `q.get_nowait()`.
    ///
    /// - Throws: ``ManagerError``.
    public func getNoWait() async throws(ManagerError) -> Element? {
        do throws(ManagerError) {
            return try await callAtOnce("get_nowait", returning: Element.self)
        } catch  where error.raised("Empty") {
            return nil
        }
    }

    // MARK: Putting

    /// Appends an item, once there is room: `q.put(item, timeout=…)`.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Throws: ``ManagerError``; `timedOut` where the queue stayed full, `remote` (`ShutDown`)
    ///   where it was shut down. Where ``ClientLimits/callTimeout`` has passed it is `timedOut`
    ///   too, and nobody can tell whether the item is there (`isOutcomeUnknown`).
    public func put(_ item: Element, timeout: Duration? = nil) async throws(ManagerError) {
        let reference = reference
        let done = try await manager.wait(timeout: timeout) {
            (seconds) throws(ManagerError) in
            guard let seconds else {
                return reference.under(try Request.call(ident, "put", item))
            }
            return reference.under(try Request.call(ident, "put", item, true, seconds))
        } _: { (reply) throws(ManagerError) in
            try reply.returned(about: reference, orNilFor: "Full")
        }
        guard done != nil else { throw .timedOut("the queue stayed full") }
    }

    /// Appends an item if there is room: `q.put_nowait(item)`.
    ///
    /// - Returns: whether there was room.
    /// - Throws: ``ManagerError``.
    public func putNoWait(_ item: Element) async throws(ManagerError) -> Bool {
        do throws(ManagerError) {
            try await callAtOnce("put_nowait", item)
            return true
        } catch  where error.raised("Full") {
            return false
        }
    }

    // MARK: Joining

    /// Reports an item done that was taken: `q.task_done()`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) where more are reported than were put.
    public func taskDone() async throws(ManagerError) {
        try await callAtOnce("task_done")
    }

    /// Waits until all items that were put have been reported done: `q.join()`.
    ///
    /// - Throws: ``ManagerError``.
    public func join() async throws(ManagerError) {
        _ = try await manager.waitIdly(timeout: nil, Request.call(ident, "join"), about: reference)
    }

    /// Waits until all items that were put have been reported done, for so long at the most.
    ///
    /// - Returns: whether all are done; false when the time is over.
    /// - Throws: ``ManagerError``.
    /// - Note: CPython's `join` has no timeout; there its server goes on waiting on its own.
    public func join(timeout: Duration) async throws(ManagerError) -> Bool {
        let request = try Request.call(ident, "join")
        return try await manager.waitIdly(timeout: timeout, request, about: reference)
    }

    // MARK: Looking

    /// How many items there are: `q.qsize()`.
    ///
    /// - Throws: ``ManagerError``.
    public var count: Int {
        get async throws(ManagerError) { try await callAtOnce("qsize") }
    }

    /// Whether there are no items: `q.empty()`.
    ///
    /// - Throws: ``ManagerError``.
    public var isEmpty: Bool {
        get async throws(ManagerError) { try await callAtOnce("empty") }
    }

    /// Whether there is no room for another item: `q.full()`.
    ///
    /// - Throws: ``ManagerError``.
    public var isFull: Bool {
        get async throws(ManagerError) { try await callAtOnce("full") }
    }

    // MARK: Ending

    /// Refuses further items, and wakes those who wait for some: `q.shutdown(immediate)`, since
    /// Python 3.13.
    ///
    /// - Parameter immediately: drops the items that are there.
    /// - Throws: ``ManagerError``.
    public func shutdown(immediately: Bool = false) async throws(ManagerError) {
        try await callAtOnce("shutdown", immediately)
    }
}

extension QueueProxy {
    /// Calls a method that cannot wait, though others of Python's class for it may: its reply is
    /// awaited, lest an item be lost.
    private func callAtOnce<Result: Decodable, each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument,
        returning type: Result.Type = Result.self
    ) async throws(ManagerError) -> Result {
        var message = try await reply(to: try Request.call(ident, method, repeat each argument))
        if let plain = PlainReply.take(Result.self, &message) { return plain }
        return try await manager.result(of: message, reference)
    }

    /// The same, and looks at no result.
    private func callAtOnce<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument
    ) async throws(ManagerError) {
        let message = try await reply(to: try Request.call(ident, method, repeat each argument))
        try manager.ignoreResult(of: message, reference)
    }

    private func reply(to request: [UInt8]) async throws(ManagerError) -> [UInt8] {
        try await manager.message(reference.under(request))
    }
}

/// A proxy for a shared queue whose items are reported done: the same as a Queue's, as in CPython.
public typealias JoinableQueueProxy<Element: Codable & Sendable> = QueueProxy<Element>
