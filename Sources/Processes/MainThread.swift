internal import CMultiprocessing
internal import Logging
internal import Sockets

/// A child's first thread, which is the main actor's.
package enum MainThread {
    /// Does something as a task, serves the main actor meanwhile, and ends the process: well, or
    /// with status 1 for an error, which is printed.
    ///
    /// - Parameter name: whose error it is.
    package static func run(
        named name: String? = nil, _ body: @escaping @Sendable () async throws -> Void
    ) -> Never {
        // Not loose: the process ends with it.
        Task.detached {
            do {
                try await body()
                leave(0)
            } catch {
                end(error, name)
            }
        }
        mp_serve_main_queue()
    }

    /// Ends the process because of an error, which is printed unless nobody is there to read it.
    static func end(_ error: any Error, _ name: String? = nil) -> Never {
        if (error as? ProcessError)?.code != .ended {
            let whose = name.map { "Process \($0)" } ?? "multiprocessing: a child failed"
            HostProcess.printError("\(whose): \(error)\n")
        }
        leave(1)
    }

    /// Ends the process with a status.
    static func leave(_ status: Int32) -> Never {
        if ThisProcess.shared.logLevel != nil {
            ProcessLog.logger.info("process exiting with exitcode \(status)")
        }
        mp_exit(status)
    }
}
