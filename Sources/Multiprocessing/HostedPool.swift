internal import HostedObjects
internal import Managers
internal import Pickle
internal import Processes
internal import Synchronization

/// A pool of processes that a manager server hosts: what `SyncManager.Pool` makes in CPython.
///
/// Clients name the task: by a text, or by a function of theirs of that name, which travels as its
/// name only and is never called.
final class HostedPool: Sendable {
    /// How many workers the pools of a server may still have, all together.
    final class Budget: Sendable {
        let limit: Int
        private let left: Mutex<Int>

        init(_ limit: Int) {
            self.limit = limit
            left = Mutex(limit)
        }

        /// Takes some; whether there were so many.
        func take(_ count: Int) -> Bool {
            left.withLock { left in
                guard count <= left else { return false }
                left -= count
                return true
            }
        }

        func giveBack(_ count: Int) { left.withLock { $0 += count } }
    }

    private let pool: ProcessPool
    private let tasks: [String: HostedTask]
    private let budget: Budget

    /// - Parameter processes: what the client asks for; nil for as many as there are CPUs.
    init(_ processes: Int?, of budget: Budget, tasks: [String: HostedTask]) throws {
        let count = processes ?? min(budget.limit, ChildProcess.usableCPUCount)
        guard count >= 1 else {
            throw RaisedException("ValueError", "Number of processes must be at least 1")
        }
        guard budget.take(count) else {
            throw RaisedException(
                "ValueError", "the pools of this server have \(budget.limit) processes at most")
        }
        do throws(ProcessError) {
            pool = try ProcessPool(processes: count)
        } catch {
            budget.giveBack(count)
            throw error
        }
        self.budget = budget
        self.tasks = tasks
    }

    deinit { budget.giveBack(pool.processes) }

    // MARK: Waiting for what comes of it

    func apply(_ function: PickleValue, _ arguments: PickleValue?) async throws -> PickleValue {
        let list = try arguments.map { try Self.elements(of: $0) } ?? []
        return try await work(function, [list], chunkSize: nil)[0]
    }

    func map(
        _ function: PickleValue, _ inputs: PickleValue, _ chunkSize: Int?
    ) async throws -> [PickleValue] {
        let lists = try Self.elements(of: inputs).map { [$0] }
        return try await work(function, lists, chunkSize: chunkSize)
    }

    /// What is gone through afterwards, when all has been done.
    func walk(
        _ function: PickleValue, _ inputs: PickleValue, _ chunkSize: Int?
    ) async throws -> [PickleValue] {
        try await map(function, inputs, chunkSize ?? 1)
    }

    func starmap(
        _ function: PickleValue, _ inputs: PickleValue, _ chunkSize: Int?
    ) async throws -> [PickleValue] {
        let lists = try Self.elements(of: inputs).map { try Self.elements(of: $0) }
        return try await work(function, lists, chunkSize: chunkSize)
    }

    private func work(
        _ function: PickleValue, _ arguments: [[PickleValue]], chunkSize: Int?
    ) async throws -> [PickleValue] {
        if let chunkSize, chunkSize < 1 {
            throw RaisedException("ValueError", "Chunksize must be 1+, not \(chunkSize)")
        }
        let task = try task(function)
        do {
            return try await task.work(pool, arguments, chunkSize)
        } catch let error as ProcessError where error.code == .closed {
            throw RaisedException("ValueError", "Pool not running")
        }
    }

    /// What iterating over a value gives in Python.
    private static func elements(of value: PickleValue) throws -> [PickleValue] {
        let elements: [PickledValue]
        do throws(Failure) {
            elements = try value.elements()
        } catch {
            throw RaisedException("TypeError", error.text)
        }
        return try elements.map { try $0.decoded() }
    }

    /// The task of a name, or of a function of that name.
    private func task(_ function: PickleValue) throws -> HostedTask {
        let name: String
        if case .global(_, let own) = function.kind {
            name = own
        } else if let text = function.string {
            name = text
        } else {
            throw RaisedException(
                "TypeError", "a hosted pool is told a task's name, not \(function.repr(limit: 100))"
            )
        }
        guard let task = tasks[name] else {
            let known = tasks.keys.sorted().joined(separator: ", ")
            throw RaisedException("ValueError", "no task '\(name)'; this server has: \(known)")
        }
        return task
    }

    // MARK: Not waiting

    func applyAsync(
        _ function: PickleValue, _ arguments: PickleValue?
    ) throws -> HostedResult {
        _ = try task(function)
        return HostedResult { [self] in try await apply(function, arguments) }
    }

    func mapAsync(
        _ function: PickleValue, _ inputs: PickleValue, _ chunkSize: Int?
    ) throws -> HostedResult {
        _ = try task(function)
        return HostedResult { [self] in .list(try await map(function, inputs, chunkSize)) }
    }

    func starmapAsync(
        _ function: PickleValue, _ inputs: PickleValue, _ chunkSize: Int?
    ) throws -> HostedResult {
        _ = try task(function)
        return HostedResult { [self] in .list(try await starmap(function, inputs, chunkSize)) }
    }

    // MARK: Its end

    func close() { pool.close() }

    func terminate() { pool.terminate() }

    func join() async throws {
        do throws(ProcessError) {
            try await pool.join()
        } catch {
            guard error.code == .stillRunning else { throw error }
            throw RaisedException("ValueError", "Pool is still running")
        }
    }
}
