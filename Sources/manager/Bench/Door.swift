import ArgumentParser

/// How the client makes its calls.
enum Door: String, CaseIterable, Encodable, Sendable {
    case global
}

extension Door: ExpressibleByArgument {
    /// What `--help` tells of each.
    static var allValueDescriptions: [String: String] {
        ["global": "async calls by tasks on Swift's own threads"]
    }
}
