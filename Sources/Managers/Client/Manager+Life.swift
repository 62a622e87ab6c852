internal import Connections

extension Manager {
    /// The process of the server, if this manager has started it.
    public var serverProcess: Int32? { contact.process?.identifier }

    /// Waits until the server's process has ended, if this manager has started it; else there is
    /// nothing to wait for.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Returns: false when the time is over.
    /// - Throws: ``ManagerError`` with `cancelled`.
    @discardableResult
    public func join(timeout: Duration? = nil) async throws(ManagerError) -> Bool {
        try await contact.process?.wait(timeout: timeout) ?? true
    }

    /// Ends the server, for everybody. Calls under way fail with `connectionLost`, later ones with
    /// `closed`; to do it again does nothing.
    ///
    /// A server that this manager has started is asked to end; if it has not within
    /// `limits.shutdownTimeout`, it gets SIGTERM, and after as long again SIGKILL. When this
    /// returns, its process has ended, also if the task was cancelled.
    ///
    /// - Throws: ``ManagerError``, where the server was not started by this manager and did not
    ///   take the request.
    public func shutdown() async throws(ManagerError) {
        if let process = contact.process {
            // A server that is half down would be of no use to anybody.
            try await uncancelled { [self] () throws(ManagerError) in try await end(process) }
        } else if !releases.isClosed {
            _ = try await ask(Request.verb("shutdown")).returned()
        }
        // The objects are gone with the server: there is nothing to give back.
        releases.abandon()
        shared.close()
        pool.close()
        blockingLines.close()
    }

    /// As CPython's `_finalize_manager`.
    private func end(_ process: any ServerProcess) async throws(ManagerError) {
        let patience = limits.shutdownTimeout
        guard process.end == nil else { return }
        do throws(ManagerError) {
            _ = try await contact.within(patience).ask(Request.verb("shutdown"))
        } catch {
            // It may be stuck, or ending already: what follows helps in either case.
        }
        if try await process.wait(timeout: patience) { return }
        process.terminate()
        if try await process.wait(timeout: patience) { return }
        process.kill()
        _ = try await process.wait(timeout: nil)
    }
}
