import ArgumentParser
import Multiprocessing

/// `word-index work`: what worker.py does, in Swift.
struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes files from the queue and merges their words into the index.")

    @OptionGroup var meeting: Meeting
    @Option(help: "What the result calls this worker.") var name: String

    func run() async throws {
        let manager = try await meeting.manager()
        let jobs = try await manager.jobs()
        let index = try await manager.index()
        let tallies = try await manager.tallies()
        let lock = try await manager.lock(shared: "lock")
        var tally = Tally(language: "Swift")
        try await tallies.set(tally, forKey: name)

        while let job = try await jobs.get() {
            let words = countWords(in: try contents(of: job.path))
            // To add to an entry is to get it and to set it. Nobody else may do so in between.
            try await lock.withLock {
                var merged = try await entries(of: Array(words.keys), in: index)
                for (word, count) in words {
                    merged[word, default: Entry()].add(count, from: job.number)
                }
                try await index.update(merged)
            }
            tally.files += 1
            tally.words += words.values.reduce(0, +)
            try await tallies.set(tally, forKey: name)
            // Last of all, so that whoever has joined the queue finds everything done.
            try await jobs.taskDone()
        }
        // For the next worker.
        try await jobs.put(nil)
        await manager.close()
    }

    /// What the index holds for some words. Calls made at once share the connection without waiting
    /// for each other's replies, so a thousand of them cost little more than one.
    private func entries(
        of words: [String], in index: DictProxy<String, Entry>
    ) async throws -> [String: Entry] {
        try await withThrowingTaskGroup(of: (String, Entry?).self) { group in
            for word in words { group.addTask { (word, try await index.get(word)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
