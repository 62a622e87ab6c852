import ArgumentParser

/// The command `manager`: a server of shared objects, and what goes with it.
@main
struct ManagerCommand: ParsableCommand {
    // Each command has its name told: making it of the type's takes longer than all else before.
    static let configuration = CommandConfiguration(
        commandName: "manager",
        abstract: "Shares dicts, lists, queues and locks between processes, Python's and Swift's.",
        version: "0.1.0",
        subcommands: [Serve.self, Ping.self, Bench.self, Keygen.self])
}
