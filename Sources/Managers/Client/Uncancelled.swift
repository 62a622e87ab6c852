internal import Connections

/// Does something that must be done, or is not to be cut short, even in a cancelled task: in a task
/// of its own, which is waited for.
func uncancelled<Result: Sendable>(
    _ body: @escaping @Sendable () async throws(ManagerError) -> Result
) async throws(ManagerError) -> Result {
    let task = IOLoop.start { () -> Swift.Result<Result, ManagerError> in
        do throws(ManagerError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
    return try await task.value.get()
}

/// Does something and then releases, also in a task that was cancelled meanwhile.
func releasingAfterwards<Result>(
    _ body: () async throws -> Result,
    _ release: @escaping @Sendable () async throws(ManagerError) -> Void
) async throws -> Result {
    let result: Result
    do {
        result = try await body()
    } catch {
        // What went wrong first is what the caller should know.
        try? await uncancelled(release)
        throw error
    }
    try await uncancelled(release)
    return result
}
