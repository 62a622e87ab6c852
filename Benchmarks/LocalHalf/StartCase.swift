import Processes

/// Starting a process that does nothing, and waiting for its end.
enum StartCase {
    static func milliseconds(_ method: StartMethod, _ time: Double) async throws -> Double {
        // The first one starts the fork server.
        try await once(method)
        let rate = try await repeatedly(for: time) {
            try await once(method)
            return 1
        }
        return 1000 / rate
    }

    private static func once(_ method: StartMethod) async throws {
        let child = ProcessContext(method).process(Nothing())
        try await child.start()
        try await child.join()
        guard try child.exitCode == 0 else { throw WrongOutcome() }
    }
}

struct Nothing: SynchronousProcessTarget {
    func run() {}
}
