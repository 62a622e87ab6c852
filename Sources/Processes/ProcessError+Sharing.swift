internal import Sockets

extension ProcessError {
    /// A call that the system refused, with the shim's -errno.
    static func system(_ what: String, _ result: Int32) -> ProcessError {
        let error = SocketError.system(what, result)
        return ProcessError(.system, error.reason, underlying: error)
    }

    static func notHeld(_ what: String) -> ProcessError {
        ProcessError(.notHeld, "\(what) is not held")
    }

    static func timedOut(_ what: String) -> ProcessError {
        ProcessError(.timedOut, "\(what) in time")
    }

    static let waitCancelled = ProcessError(.cancelled, "waiting was cancelled")
}
