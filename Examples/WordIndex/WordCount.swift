import ArgumentParser
import Foundation

/// How often each word is in some bytes. A word is a run of ASCII letters and digits, in lower
/// case; Python's `re.findall(rb"[a-z0-9]+", data.lower())`. Bytes, because files hold anything.
func countWords(in data: Data) -> [String: Int] {
    var counts: [String: Int] = [:]
    var word: [UInt8] = []
    func endWord() {
        guard !word.isEmpty else { return }
        counts[String(decoding: word, as: UTF8.self), default: 0] += 1
        word.removeAll(keepingCapacity: true)
    }
    for byte in data {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            word.append(byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            word.append(byte | 0x20)
        default:
            endWord()
        }
    }
    endWord()
    return counts
}

/// The whole index of files, made by one process alone.
func indexAlone(_ paths: [String]) throws -> [String: Entry] {
    var index: [String: Entry] = [:]
    for (number, path) in paths.enumerated() {
        for (word, count) in countWords(in: try contents(of: path)) {
            index[word, default: Entry()].add(count, from: number)
        }
    }
    return index
}

/// A file's bytes.
func contents(of path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path))
}

/// `word-index count`
struct Count: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Indexes files with this process alone, for comparison.")

    @Argument(help: "The files.") var files: [String]

    func run() throws {
        let start = ContinuousClock.now
        let index = try indexAlone(files)
        print(Report.words(index, files: files))
        print("\(Report.totals(index)) in \(Report.seconds(since: start))")
    }
}
