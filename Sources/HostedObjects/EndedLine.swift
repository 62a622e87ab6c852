/// What is known of a tagged connection that has ended: what came of its last calls.
struct EndedLine {
    /// What was known of a call, and the receipt that tells what it gave.
    private struct Entry {
        let number: UInt32
        let outcome: KeptOutcomes.Outcome
        let receipt: Receipt?
    }

    /// What an entry counts for besides the bytes that it keeps.
    private static let entryCost = 96

    let session: SessionID
    let end: Instant
    /// How many bytes are kept, or were at the end.
    let byteCount: Int
    private var entries: [UInt32: Entry] = [:]

    init(_ calls: TaggedCalls, at end: Instant) {
        session = calls.session
        self.end = end
        for (tag, number, outcome) in calls.outcomes.all {
            let receipt = outcome == .gave ? calls.receipt(tag) : nil
            entries[tag] = Entry(
                number: number, outcome: outcome == .gave && receipt == nil ? .unknown : outcome,
                receipt: receipt)
        }
        byteCount =
            Self.entryCost * (entries.count + 1) + calls.outcomes.byteCount
            + entries.values.reduce(0) { $0 + ($1.receipt?.byteCount ?? 0) }
    }

    /// What came of a call, and what it gave; nil for one that has not come, or of which nothing
    /// has come.
    func outcome(
        _ tag: UInt32, _ number: UInt32
    ) -> (outcome: KeptOutcomes.Outcome, receipt: Receipt?)? {
        guard let entry = entries[tag], entry.number == number else { return nil }
        return (entry.outcome, entry.receipt)
    }

    /// The call under a tag is as if it had never come.
    mutating func forget(_ tag: UInt32) {
        entries[tag] = nil
    }
}
