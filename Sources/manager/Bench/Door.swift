import ArgumentParser

/// How the client makes its calls.
enum Door: String, CaseIterable, Encodable, Sendable {
    case global, loop, batch, blocking
}

extension Door: ExpressibleByArgument {
    /// What `--help` tells of each.
    static var allValueDescriptions: [String: String] {
        [
            "global": "async calls by tasks on Swift's own threads",
            "loop": "async calls by tasks on the client's own thread",
            "batch": "a task's calls under way as one batch, on the client's own thread",
            "blocking": "calls of a thread each, which wait for their replies",
        ]
    }
}
