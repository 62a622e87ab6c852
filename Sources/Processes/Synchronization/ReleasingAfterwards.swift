/// Does something and then releases.  What went wrong first is what the caller should know.
func releasingAfterwards<Result>(
    _ body: () throws -> Result, _ release: () throws(ProcessError) -> Void
) throws -> Result {
    let result: Result
    do {
        result = try body()
    } catch {
        try? release()
        throw error
    }
    try release()
    return result
}

/// Does something asynchronous and then releases.
func releasingAfterwards<Result>(
    _ body: () async throws -> Result, _ release: () throws(ProcessError) -> Void
) async throws -> Result {
    let result: Result
    do {
        result = try await body()
    } catch {
        try? release()
        throw error
    }
    try release()
    return result
}
