internal import Connections

/// What goes on on the client's side of a tagged connection, whatever the server says: no tag is
/// used by two at once, every caller is told once, and at the end nobody is forgotten, nor what the
/// server may have given to those who had left.
///
/// ```text
/// 0      1     2                    3
/// limit  step  what it is done to   step …
/// ```
enum ExchangesFuzz: FuzzTarget {
    static let name = "exchanges"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        [
            [8, 0, 0, 1, 0, 3, 0], [8, 0, 0, 1, 0, 4, 0, 3, 0, 3, 0], [1, 0, 2, 1, 0, 5, 0, 5, 0],
            [200, 0, 1, 0, 1, 1, 0, 1, 1, 6, 0, 7, 0], [3, 0, 0, 4, 0, 2, 0, 8, 0],
        ]
    }

    static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        var script = ExchangeScript(limit: 1 + Int(reader.byte()))
        var steps = 0
        while !reader.isAtEnd, steps < 1000 {
            script.step(&reader)
            steps += 1
        }
        script.finish()
    }
}

/// The exchanges, and what is held against them.
private struct ExchangeScript {
    /// A caller that has been told nothing yet.
    struct Caller {
        let id: TaggedExchanges.ID
        /// Where its request stands in the stream; nil while it is not in line.
        var start: UInt64?
        var isKept = false
    }

    /// A call whose caller has left.
    struct Abandoned {
        /// Where its request stands in the stream.
        let start: UInt64
        let isKept: Bool
    }

    private var exchanges: TaggedExchanges
    private let limit: Int
    /// Who waits, by tag.
    private var callers: [UInt32: Caller] = [:]
    /// Tags whose callers have gone, and whose replies may come.
    private var abandoned: [UInt32: Abandoned] = [:]
    /// The tags of what is taken back, and where the orders for that stand; without those that the
    /// server has read as surely as a younger request.
    private var undoings: [(tag: UInt32, start: UInt64)] = []
    private var sent: UInt64 = 0
    private var written: UInt64 = 0

    init(limit: Int) {
        self.limit = limit
        exchanges = TaggedExchanges(limit: limit)
    }

    mutating func step(_ reader: inout InputReader) {
        let what = reader.byte()
        let whom = reader.byte()
        switch what % 10 {
        case 0, 1: begin(whom)
        case 2: write(whom)
        case 3, 4: receive(UInt32(whom) % UInt32(limit + 2), isCancelled: what & 64 != 0)
        case 5: interrupt(whom)
        case 6: tick(UInt32(whom))
        case 7: send(whom)
        case 8 where whom == 0: endUnsent()
        case 8 where whom == 1: abandonAll()
        default: receive(whom == 255 ? .max : UInt32(whom), isCancelled: false)
        }
        claim(
            exchanges.count == callers.count + abandoned.count,
            "\(exchanges.count) under way, not \(callers.count) and \(abandoned.count)")
    }

    private mutating func begin(_ choice: UInt8) {
        let rules: [ExchangeInterruption] = [.abandonReply, .halfClose, .awaitReply]
        let rule = rules[Int(choice) % 3]
        let isFree = exchanges.hasFreeTag(rule)
        let ticks: UInt64? = choice & 16 == 0 ? nil : UInt64(choice & 3)
        guard
            let id = exchanges.begin(rule, ticks: ticks, isWatched: choice & 32 != 0)
        else {
            claim(!isFree, "a tag is free, and is not given")
            return
        }
        claim(isFree && Int(id.tag) < limit, "tag \(id.tag) of \(limit)")
        claim(callers[id.tag] == nil && abandoned[id.tag] == nil, "tag \(id.tag) is in use")
        callers[id.tag] = Caller(id: id)
        if choice & 64 == 0 { putInLine(id.tag, isKept: choice & 128 != 0) }
    }

    private mutating func putInLine(_ tag: UInt32, isKept: Bool) {
        guard let caller = callers[tag], caller.start == nil else { return }
        exchanges.sent(caller.id, at: sent, isKept: isKept)
        callers[tag]?.start = sent
        callers[tag]?.isKept = isKept
        sent += 10
    }

    private mutating func send(_ choice: UInt8) {
        guard let tag = callers.keys.sorted().first(where: { callers[$0]?.start == nil }) else {
            return
        }
        putInLine(tag, isKept: choice & 1 != 0)
    }

    private mutating func write(_ count: UInt8) { written = min(sent, written + UInt64(count)) }

    private mutating func receive(_ tag: UInt32, isCancelled: Bool) {
        let arrival = exchanges.received(tag, isCancelled: isCancelled, at: sent)
        if let start = callers[tag]?.start ?? abandoned[tag]?.start {
            undoings.removeAll { $0.start < start }
        }
        switch arrival {
        case .reply: claim(callers[tag] != nil && !isCancelled, "a reply for somebody")
        case .cancelled: claim(isCancelled, "nobody said that it was cancelled")
        case .unwanted:
            claim(abandoned[tag] != nil && !isCancelled, "a reply for nobody")
            if abandoned[tag]?.isKept == true { undoings.append((tag, sent)) }
            sent += 10
        case .unasked:
            claim(callers[tag] == nil && abandoned[tag] == nil, "tag \(tag) was asked")
        }
        callers[tag] = nil
        abandoned[tag] = nil
    }

    private mutating func interrupt(_ choice: UInt8) {
        let tags = callers.keys.sorted()
        guard !tags.isEmpty, let caller = callers[tags[Int(choice) % tags.count]] else { return }
        let tag = caller.id.tag
        switch exchanges.interrupt(caller.id, patience: UInt64(choice & 7)) {
        case .nothing:
            // It was interrupted before; or it is gone, for its request will never be in line.
            if caller.start == nil { callers[tag] = nil }
        case .askAndLeave: abandon(tag)
        case .stay, .askAndStay: claim(caller.start != nil, "who stays has asked")
        }
        claim(
            exchanges.isWaiting(caller.id) == (callers[tag] != nil), "who waits under \(tag)?")
    }

    private mutating func tick(_ cancelled: UInt32) {
        let over = exchanges.tick(patience: 2) { $0 == cancelled }
        for (id, _) in over {
            claim(callers[id.tag]?.id == id, "time is over for one who waits")
            abandon(id.tag)
        }
        // Who was cancelled without being told, or was never in line, is gone without a word: the
        // driver tells those itself.
        for (tag, caller) in callers where !exchanges.isWaiting(caller.id) {
            abandon(tag)
        }
    }

    private mutating func endUnsent() {
        for (tag, _) in exchanges.endUnsent(after: written) {
            claim(
                callers[tag]?.start.map { $0 >= written } == true, "tag \(tag) had gone already")
            callers[tag] = nil
        }
        abandoned = abandoned.filter { $0.value.start < written }
        let isOver = callers.values.allSatisfy { $0.start.map { $0 < written } ?? true }
        claim(isOver, "nobody waits for what will never go")
    }

    private mutating func abandonAll() {
        for (tag, _) in exchanges.abandonAll() {
            claim(callers[tag]?.start != nil, "who has asked under tag \(tag)?")
            abandon(tag)
        }
        claim(callers.values.allSatisfy { $0.start == nil }, "nobody waits any more")
    }

    private mutating func abandon(_ tag: UInt32) {
        if let caller = callers[tag], let start = caller.start {
            abandoned[tag] = Abandoned(start: start, isKept: caller.isKept)
        }
        callers[tag] = nil
    }

    mutating func finish() {
        let remains = exchanges.endAll(written: written)
        let told = remains.waiting
        let unwanted =
            undoings.map(\.tag)
            + abandoned.filter { $0.value.isKept && $0.value.start < written }.keys
        claim(
            remains.unwanted.map(\.tag).sorted() == unwanted.sorted(),
            "\(remains.unwanted) are to be taken back, not \(unwanted)")
        claim(told.map(\.tag) == callers.keys.sorted(), "everybody who waits is told")
        for (tag, _, progress) in told {
            let isUnsent = callers[tag]?.start.map { $0 >= written } ?? true
            claim((progress == .unsent) == isUnsent, "what had gone of tag \(tag): \(progress)")
        }
        claim(exchanges.count == 0, "nothing is left")
    }
}
