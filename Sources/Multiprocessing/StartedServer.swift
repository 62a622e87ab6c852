internal import Managers
internal import Processes

/// A started server's process, as its manager sees it.
struct StartedServer: ServerProcess {
    let child: LaunchedProcess

    var identifier: Int32 { child.identifier }
    var end: String? { child.end?.description }

    func wait(timeout: Duration?) async throws(ManagerError) -> Bool {
        do throws(ProcessError) {
            return try await child.wait(timeout: timeout) != nil
        } catch {
            throw ManagerError(error)
        }
    }

    func terminate() { child.send(.terminate) }
    func kill() { child.send(.kill) }
}

extension ManagerError {
    /// A child's failure, in the words of a manager.
    init(_ error: ProcessError) {
        self.init(
            error.code == .cancelled ? .cancelled : .startFailed, error.reason, underlying: error)
    }
}
