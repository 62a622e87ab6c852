internal import Synchronization

/// The owners for whom a proxy and its copies call: one for each task, as a thread is in Python; or
/// one that is the same whichever task calls.
///
/// Who calls is known by the task's number in this process, which a later task may have again.
///
/// An owner whose task holds nothing is free for the next, with its number at the server or its
/// connection. What a task still holds when it ends is held until the last copy is gone.
final class RLockOwners: Sendable {
    private struct State {
        var byTask: [Int: RLockOwner] = [:]
        /// How many calls of each are under way, where there are any.
        var calls: [Int: Int] = [:]
        var free: [RLockOwner] = []
        /// When there are so many it is looked whose tasks hold nothing any more: a lease may have
        /// ended elsewhere.
        var limit = 16

        /// Lets go of those whose tasks hold nothing and call nothing.
        mutating func prune() -> [RLockOwner] {
            let gone = byTask.filter { calls[$0.key] == nil && !$0.value.isHolding }
            for task in gone.keys { byTask[task] = nil }
            limit = max(16, 2 * byTask.count)
            return Array(gone.values)
        }
    }

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

    /// As whom tasks call that run on behalf of another.
    @TaskLocal private static var deputies: [ObjectIdentifier: RLockOwner] = [:]

    /// Does something that runs in other tasks as an owner that the calling task is.
    func deputizing<Result: Sendable>(
        _ owner: RLockOwner, _ body: () async throws -> Result
    ) async rethrows -> Result {
        var deputies = Self.deputies
        deputies[ObjectIdentifier(self)] = owner
        return try await Self.$deputies.withValue(deputies) { try await body() }
    }

    /// Does something as the owner that the calling task is.
    nonisolated(nonsending) func asCurrent<Result, Problem: Error>(
        _ body: (RLockOwner) async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        if let owner = named ?? Self.deputies[ObjectIdentifier(self)] {
            return try await body(owner)
        }
        let task = unsafe withUnsafeCurrentTask { task in unsafe task?.hashValue ?? 0 }
        let owner = begin(task)
        defer { end(task) }
        return try await body(owner)
    }

    private func begin(_ task: Int) -> RLockOwner {
        let (owner, _) = state.withLock { state -> (RLockOwner, [RLockOwner]) in
            state.calls[task, default: 0] += 1
            if let owner = state.byTask[task] { return (owner, []) }
            let gone = state.byTask.count >= state.limit ? state.prune() : []
            let owner = state.free.popLast() ?? RLockOwner(reference)
            state.byTask[task] = owner
            return (owner, gone)
        }
        return owner
    }

    private func end(_ task: Int) {
        // What is let go of ends outside of the lock.
        _ = state.withLock { state -> RLockOwner? in
            let calls = (state.calls[task] ?? 1) - 1
            state.calls[task] = calls > 0 ? calls : nil
            guard calls == 0, let owner = state.byTask[task], !owner.isHolding else { return nil }
            state.byTask[task] = nil
            guard state.free.count < Self.freeLimit else { return owner }
            state.free.append(owner)
            return nil
        }
    }
}
