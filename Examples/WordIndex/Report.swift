/// The results as text.
enum Report {
    /// How many words `words` shows.
    private static let top = 20

    /// The words that are there most often.
    static func words(_ index: [String: Entry], files: [String]) -> String {
        // Equals in alphabetical order, so that two runs print the same.
        let order = index.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        let lines = order.prefix(top).map { word, entry in
            let most = entry.files.count == 1 ? "file" : "files"
            return "\(right(entry.count, 9))  \(left(word, 20)) in \(entry.files.count) \(most)"
        }
        return (["", "The \(lines.count) most frequent words:"] + lines).joined(separator: "\n")
    }

    /// What each worker did.
    static func workers(_ tallies: [String: Tally]) -> String {
        let lines = tallies.sorted { $0.key < $1.key }.map { name, tally in
            "  \(left(name, 16)) \(left(tally.language, 8))"
                + "\(right(tally.files, 6)) files \(right(tally.words, 9)) words"
        }
        return (["", "The workers:"] + lines).joined(separator: "\n")
    }

    /// `5 words, 3 distinct`
    static func totals(_ index: [String: Entry]) -> String {
        "\(index.values.reduce(0) { $0 + $1.count }) words, \(index.count) distinct"
    }

    /// How two indices differ, nil if they do not.
    static func difference(_ index: [String: Entry], expected: [String: Entry]) -> String? {
        let words = Set(index.keys).union(expected.keys)
            .filter { index[$0] != expected[$0] }.sorted()
        guard !words.isEmpty else { return nil }
        let head = "totals differ: \(totals(index)), not \(totals(expected))"
        let lines = words.prefix(top).map {
            "  \($0): \(tell(index[$0])), not \(tell(expected[$0]))"
        }
        return ([head] + lines).joined(separator: "\n")
    }

    static func seconds(since start: ContinuousClock.Instant) -> String {
        let time = (ContinuousClock.now - start).components
        let hundredths = time.seconds * 100 + time.attoseconds / 10_000_000_000_000_000
        return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10) s"
    }

    private static func tell(_ entry: Entry?) -> String {
        guard let entry else { return "missing" }
        return "\(entry.count) in files \(entry.files.sorted())"
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
