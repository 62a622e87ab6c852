internal import Connections
internal import Sockets

/// Does something asynchronous, and holds the calling thread up until it is done.
///
/// - Throws: what it throws; `ProcessError` with `system`.
func waitHere<Outcome: Sendable>(
    _ body: @escaping @Sendable () async throws -> Outcome
) throws -> Outcome {
    let result: Result<Outcome, any Error>
    do throws(SocketError) {
        result = try IOLoop.wait {
            do {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
    } catch {
        throw ProcessError.system(error.reason, error)
    }
    return try result.get()
}
