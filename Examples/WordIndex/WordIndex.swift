import ArgumentParser
import Multiprocessing

/// Processes in Swift and in Python index the words of files together; README.md beside this says
/// how.
@main
struct WordIndex: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "word-index",
        abstract: "Indexes the words of files with any number of processes that share a manager.",
        subcommands: [Run.self, Work.self, Count.self])
}

/// What the processes tell each other. Python has these structs as dicts: `{"number": 0, "path":
/// "a"}`.
struct Job: Codable, Sendable {
    /// Stands for the file in the index.
    let number: Int
    let path: String
}

/// What the index holds for a word.
struct Entry: Codable, Hashable {
    var count = 0
    /// The numbers of the files it is in.
    var files: Set<Int> = []

    mutating func add(_ more: Int, from file: Int) {
        count += more
        files.insert(file)
    }
}

/// What a worker has done so far.
struct Tally: Codable, Sendable {
    let language: String
    var files = 0
    var words = 0
}

/// How the processes find each other: the objects that the server was told to `--share`.
struct Meeting: ParsableArguments {
    @Option(help: "Where the manager server listens: tcp://host:port or unix:///path.")
    var address: String

    @Option(name: .customLong("authkey-file"), help: "The file whose bytes are the key.")
    var authkeyFile: String

    func manager() async throws -> Manager {
        try await Manager.connect(
            to: SocketAddress(parsing: address),
            authkey: AuthenticationKey(contentsOf: authkeyFile))
    }
}

extension Manager {
    /// The files to index. A nil is the end: who takes it goes home.
    func jobs() async throws -> JoinableQueueProxy<Job?> { try await joinableQueue(shared: "jobs") }

    /// The result: what is known of each word.
    func index() async throws -> DictProxy<String, Entry> { try await dict(shared: "index") }

    /// Who works, by name. Each worker writes its own entry only, so this needs no lock.
    func tallies() async throws -> DictProxy<String, Tally> { try await dict(shared: "tallies") }
}
