extension ProcessError {
    static func taskFailed(_ fault: PoolFault) -> ProcessError {
        ProcessError(.taskFailed, fault.text, underlying: fault.error)
    }

    static func noWorkers(_ reason: String?) -> ProcessError {
        ProcessError(
            .noWorkers,
            "the workers of the pool end before they have begun"
                + (reason.map { ": \($0)" } ?? ""))
    }

    static let workerDied = ProcessError(.workerDied, "the worker died that had the task")
    static let poolClosed = ProcessError(.closed, "the pool takes no more tasks")
    static let poolTerminated = ProcessError(.closed, "the pool was terminated")
    static let poolRuns = ProcessError(
        .stillRunning, "the pool has to be closed or terminated before it is joined")
    static let resultNotReady = ProcessError(.notReady, "the result is not there yet")

    static func resultTimedOut(_ time: Duration) -> ProcessError {
        ProcessError(.timedOut, "the result took longer than \(time)")
    }
}
