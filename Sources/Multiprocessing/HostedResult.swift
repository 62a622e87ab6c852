internal import Connections
internal import Managers
internal import Pickle
internal import Processes

/// What will come of work that a hosted pool has been given: CPython's `AsyncResult`.
final class HostedResult: Sendable {
    private let work: Task<PickleValue, any Error>

    init(_ body: @escaping @Sendable () async throws -> PickleValue) {
        // Not loose: it ends with the work, or with this object.
        work = Task { try await body() }
    }

    deinit { work.cancel() }

    /// What came of it.
    ///
    /// - Throws: what went wrong; Python's `multiprocessing.TimeoutError` when the time is over.
    func get(_ timeout: Double?) async throws -> PickleValue {
        guard let result = try await result(within: timeout) else {
            throw RaisedException(
                PickleException(module: "multiprocessing.context", name: "TimeoutError"))
        }
        return try result.get()
    }

    func wait(_ timeout: Double?) async throws { _ = try await result(within: timeout) }

    func ready() async throws -> Bool { try await result(within: 0) != nil }

    /// - Throws: Python's `ValueError` where it is not there yet.
    func successful() async throws -> Bool {
        guard let result = try await result(within: 0) else {
            throw RaisedException("ValueError", "the result is not ready")
        }
        if case .success = result { return true }
        return false
    }

    /// nil when the time is over.
    private func result(within timeout: Double?) async throws -> Result<PickleValue, any Error>? {
        let shot = OneShot<Result<PickleValue, any Error>>()
        // Not loose: it ends with the work.
        Task { [work] in shot.complete(.success(await work.result)) }
        guard let timeout else { return try await shot.value("waiting for a pool") }
        // What is there has a moment to say so.
        let time = max(timeout, 0.001)
        return try await shot.value(
            "waiting for a pool", within: .seconds(min(time, Self.longest)))
    }

    /// Longest time to wait, in seconds: nine years.
    private static let longest = 3e8
}
