internal import Synchronization

/// The fork server of this process: started with its first child, and again when it has died.
final class ForkServers: Sendable {
    /// How often a server is started for one child.
    private static let attempts = 3

    private enum Server {
        case none
        case starting(Task<Result<ForkServer, ProcessError>, Never>)
        case running(ForkServer)
    }

    private struct State {
        var preparation: Launch?
        var server = Server.none
    }

    private let state = Mutex(State())

    /// Has the next server do something before it forks.
    func setPreparation(
        _ preparation: (any ForkServerPreparation)?
    ) throws(ProcessError) {
        guard let preparation else { return state.withLock { $0.preparation = nil } }
        let launch = try Self.launch(preparation)
        state.withLock { $0.preparation = launch }
    }

    private static func launch(
        _ preparation: some ForkServerPreparation
    ) throws(ProcessError) -> Launch {
        try Launch(PreparationMain(preparation: preparation))
    }

    /// Forks a child.
    ///
    /// - Throws: `ProcessError` with `preparationFailed`, `notInProgram`, `system`, `ended`,
    ///   `cancelled`.
    func child() async throws(ProcessError) -> Birth {
        for _ in 0..<Self.attempts {
            let server = try await server()
            if let child = try await server.child() { return child }
            state.withLock { state in
                if case .running(let running) = state.server, running === server {
                    state.server = .none
                }
            }
        }
        throw .forkServerEnded
    }

    private func server() async throws(ProcessError) -> ForkServer {
        let server = state.withLock { state in
            if case .none = state.server {
                let preparation = state.preparation
                state.server = .starting(Task { await self.start(preparation) })
            }
            return state.server
        }
        switch server {
        case .running(let server): return server
        case .starting(let task): return try await task.value.get()
        case .none: preconditionFailure("a fork server that nobody has started")
        }
    }

    /// Whoever asks meanwhile waits for the same server.
    private func start(_ preparation: Launch?) async -> Result<ForkServer, ProcessError> {
        do throws(ProcessError) {
            let server = try ForkServer()
            if let preparation { try await server.prepare(preparation) }
            state.withLock { $0.server = .running(server) }
            return .success(server)
        } catch {
            state.withLock { $0.server = .none }
            return .failure(error)
        }
    }
}
