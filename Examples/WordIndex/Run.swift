import ArgumentParser
import Foundation
import Multiprocessing

/// `word-index run`: hands out the files, waits, and checks the result.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Has files indexed by the workers that have joined, and shows the result.")

    @OptionGroup var meeting: Meeting
    @Option(help: "How many workers to wait for.") var workers: Int
    @Argument(help: "The files.") var files: [String]

    func run() async throws {
        // First, for an unreadable file is better found before anybody works.
        let aloneStart = ContinuousClock.now
        let expected = try indexAlone(files)
        let alone = Report.seconds(since: aloneStart)

        let manager = try await meeting.manager()
        let jobs = try await manager.jobs()
        let index = try await manager.index()
        let tallies = try await manager.tallies()
        while try await tallies.count < workers { try await Task.sleep(for: .milliseconds(20)) }

        let start = ContinuousClock.now
        for (number, path) in files.enumerated() {
            try await jobs.put(Job(number: number, path: path))
        }
        var progress = Progress(files: files.count)
        repeat {
            let done = try await tallies.values().reduce(0) { $0 + $1.files }
            progress.show(done: done, words: try await index.count)
        } while try await !jobs.join(timeout: .milliseconds(100))
        progress.show(done: files.count, words: try await index.count)
        let together = Report.seconds(since: start)
        try await jobs.put(nil)

        let result = try await index.copy()
        print(Report.words(result, files: files))
        print(Report.workers(try await tallies.copy()))
        print("\(workers) workers together \(together), one process alone \(alone)")
        await manager.close()
        if let difference = Report.difference(result, expected: expected) {
            throw Disagreement(description: difference)
        }
        print("totals agree: \(Report.totals(result))")
    }
}

/// The workers' index is not that of one process.
struct Disagreement: Error, CustomStringConvertible {
    let description: String
}

/// Shows how far the work is: a bar on a terminal, a line for each tenth of it elsewhere.
struct Progress {
    let files: Int
    private let isTerminal = isatty(STDOUT_FILENO) != 0
    private var tenths = -1

    init(files: Int) {
        self.files = files
    }

    mutating func show(done: Int, words: Int) {
        guard tenths < 10 else { return }
        let state = "\(done * 100 / files) %  \(done) of \(files) files, \(words) distinct words"
        if isTerminal {
            let filled = String(repeating: "#", count: done * 40 / files)
            let bar = filled + String(repeating: ".", count: 40 - filled.count)
            tell("\r[\(bar)] \(state)" + (done == files ? "\n" : ""))
        } else if done * 10 / files > tenths {
            tell(state + "\n")
        }
        tenths = done * 10 / files
    }

    /// At once: what `print` prints waits in a buffer where standard output is a pipe.
    private func tell(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
