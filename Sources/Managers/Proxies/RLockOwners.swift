internal import Sockets
internal import Synchronization

/// The owners for whom a proxy and its copies call: one for each task, as a thread is in Python; or
/// one that is the same whichever task calls.
///
/// An owner whose task holds nothing is free for the next, with its number at the server or its
/// connection; but not one that has been given out with a lease, by which it may be asked later. No
/// two tasks have the same number: what one still holds when it ends is nobody else's, and held
/// until the last copy of the proxy is gone.
final class RLockOwners: Sendable {
    private struct Entry {
        let owner: RLockOwner
        /// How many calls are under way.
        var calls = 0
    }

    private struct State {
        var byTask: [UInt: Entry] = [:]
        var free: [RLockOwner] = []
        /// When there are so many it is looked whose tasks hold nothing any more: a lease may have
        /// been given back elsewhere.
        var limit = 16

        /// Lets go of those whose tasks hold nothing and call nothing.
        mutating func prune() -> [Entry] {
            let gone = byTask.filter { $0.value.calls == 0 && !$0.value.owner.isHolding }
            for task in gone.keys { byTask[task] = nil }
            limit = max(16, 2 * byTask.count)
            return Array(gone.values)
        }
    }

    /// A task as which others call, while it does something that runs in them.
    private final class Deputation: Sendable {
        /// Kept, for it is told from others by where it lies.
        let owners: RLockOwners
        let task: UInt
        /// In whose place it is, while it is not over.
        let outer: Deputation?
        let isOver = Atomic(false)

        init(_ owners: RLockOwners, _ task: UInt, in outer: Deputation?) {
            self.owners = owners
            self.task = task
            self.outer = outer
        }
    }

    @TaskLocal private static var deputations: [ObjectIdentifier: Deputation] = [:]

    /// How many that are free are kept.
    private static let freeLimit = 16

    private let reference: ObjectReference
    /// Who it is, whichever task calls.
    private let named: RLockOwner?
    private let state = Mutex(State())

    /// - Parameter isNamed: whether all tasks are one owner.
    init(_ reference: ObjectReference, isNamed: Bool) {
        self.reference = reference
        named = isNamed ? RLockOwner(reference) : nil
    }

    /// What the calling task does for another, if it does.
    private var deputation: Deputation? {
        var deputation = Self.deputations[ObjectIdentifier(self)]
        while let over = deputation, over.isOver.load(ordering: .acquiring) {
            deputation = over.outer
        }
        return deputation
    }

    /// As which task the calling one calls.
    private var task: UInt { deputation?.task ?? HostProcess.taskNumber }

    /// Does something as the owner that the calling task is.
    nonisolated(nonsending) func asCurrent<Result, Problem: Error>(
        _ body: (RLockOwner) async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        if let named { return try await body(named) }
        let task = task
        let owner = begin(task)
        defer { end(task) }
        return try await body(owner)
    }

    /// The same of something whose `work` runs in other tasks: until it is done, they and those
    /// that they start are this one.
    nonisolated(nonsending) func asCurrent<Input: Sendable, Result: Sendable>(
        for work: @escaping @Sendable (Input) async throws -> Result,
        _ body: (RLockOwner, @escaping @Sendable (Input) async throws -> Result) async throws ->
            Result
    ) async throws -> Result {
        let deputation = Deputation(self, task, in: deputation)
        var deputations = Self.deputations
        deputations[ObjectIdentifier(self)] = deputation
        return try await asCurrent { owner in
            defer { deputation.isOver.store(true, ordering: .releasing) }
            return try await body(owner) { [deputations] input in
                try await Self.$deputations.withValue(deputations) { try await work(input) }
            }
        }
    }

    func acquire(timeout: Duration?) async throws(ManagerError) -> Bool {
        try await asCurrent { (owner) throws(ManagerError) in
            try await owner.acquire(timeout: timeout)
        }
    }

    func release() async throws(ManagerError) {
        try await asCurrent { (owner) throws(ManagerError) in try await owner.release() }
    }

    func wait(timeout: Duration?) async throws(ManagerError) -> Bool {
        try await asCurrent { (owner) throws(ManagerError) in
            try await owner.wait(timeout: timeout)
        }
    }

    func call<each Argument: Encodable>(
        _ method: String, _ argument: repeat each Argument
    ) async throws(ManagerError) {
        try await asCurrent { (owner) throws(ManagerError) in
            try await owner.call(method, repeat each argument)
        }
    }

    private func begin(_ task: UInt) -> RLockOwner {
        // What is let go of ends outside of the lock.
        let (owner, _) = state.withLock { state -> (RLockOwner, [Entry]) in
            if let owner = state.byTask[task]?.owner {
                state.byTask[task]?.calls += 1
                return (owner, [])
            }
            let gone = state.byTask.count >= state.limit ? state.prune() : []
            let owner = state.free.popLast() ?? RLockOwner(reference)
            state.byTask[task] = Entry(owner: owner, calls: 1)
            return (owner, gone)
        }
        return owner
    }

    private func end(_ task: UInt) {
        _ = state.withLock { state -> RLockOwner? in
            state.byTask[task]?.calls -= 1
            guard let entry = state.byTask[task], entry.calls == 0, !entry.owner.isHolding else {
                return nil
            }
            state.byTask[task] = nil
            guard !entry.owner.isGivenOut, state.free.count < Self.freeLimit else {
                return entry.owner
            }
            state.free.append(entry.owner)
            return nil
        }
    }
}
