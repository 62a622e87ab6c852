import Pickle

/// What came of those calls of a tagged connection of which the client wants to know that even if
/// the connection ends before the reply: the last one under each tag, by the client's number for
/// it.
///
/// ```text
/// begin ──▶ underWay ──▶ came, gave, unknown ──▶ (the tag is used again)
///              └─ forget: as if it had never come
/// ```
/// Clients use low tags first, so the slots of tags lie side by side, in pages that are made when
/// they are needed. What they take, and the replies, count as what is held.
struct KeptOutcomes: ~Copyable {
    /// What is known of a call.
    enum Outcome: Hashable {
        /// It has not been answered.
        case underWay
        /// It was answered by this reply: a pickle.
        case came([UInt8])
        /// It was answered by an item of a queue, or by a lock: the receipt tells.
        case gave
        /// It was carried out, at least in part, and nobody can tell any more what came of it.
        case unknown
    }

    private struct Slot {
        var number: UInt32 = 0
        var outcome: Outcome?
    }

    /// How many tags have a page.
    private static let pageLength = 64

    /// How many bytes of replies are kept at most.
    private let limit: Int
    /// The slots of so many tags each; none where no tag has come yet.
    private var pages: [[Slot]] = []
    /// How many bytes of replies are kept.
    private(set) var byteCount = 0
    private var held: HeldBytes

    /// The reply that most calls have which change something: `('#RETURN', None)`.
    private static let none = ReplyFrame.pickle(returning: .none)

    init(limit: Int, _ memory: StoreMemory?) {
        self.limit = limit
        held = HeldBytes(memory)
    }

    /// A call has come under a tag.
    mutating func begin(_ tag: UInt32, _ number: UInt32) {
        let (page, place) = Self.place(of: tag)
        while pages.count <= page { pages.append([]) }
        if pages[page].isEmpty {
            pages[page] = Array(repeating: Slot(), count: Self.pageLength)
            held.add(Self.pageLength * MemoryLayout<Slot>.stride)
        }
        forget(tag)
        pages[page][place] = Slot(number: number, outcome: .underWay)
    }

    private static func place(of tag: UInt32) -> (page: Int, place: Int) {
        (Int(tag) / pageLength, Int(tag) % pageLength)
    }

    /// What is known of the call under a tag.
    private func outcome(_ tag: UInt32) -> Outcome? {
        let (page, place) = Self.place(of: tag)
        guard page < pages.count, !pages[page].isEmpty else { return nil }
        return pages[page][place].outcome
    }

    /// Nothing is to be known of the call under a tag.
    @inline(__always)
    mutating func forget(_ tag: UInt32) {
        if !pages.isEmpty, outcome(tag) != nil { set(tag, nil) }
    }

    /// The call under a tag has been answered by a reply.
    mutating func answer(_ tag: UInt32, _ reply: UnsafeRawBufferPointer) {
        guard isUnderWay(tag) else { return }
        if reply.count == Self.none.count, unsafe reply.elementsEqual(Self.none) {
            set(tag, .came(Self.none))
        } else {
            set(tag, mayKeep(reply.count) ? .came(unsafe Array(reply)) : .unknown)
        }
    }

    /// The call under a tag has been answered, and its receipt tells by what.
    mutating func answer(_ tag: UInt32, giving kind: Receipt.Kind) {
        guard isUnderWay(tag) else { return }
        switch kind {
        case .item, .grant: set(tag, .gave)
        // A permit without a token has no name by which it could be taken back, and who waited
        // for a condition holds its lock no more.
        case .permit, .resumption: set(tag, .unknown)
        }
    }

    /// Nobody will be able to tell what comes of the call under a tag.
    mutating func lose(_ tag: UInt32) {
        if isUnderWay(tag) { set(tag, .unknown) }
    }

    /// What is known, by tag.
    var all: [(tag: UInt32, number: UInt32, outcome: Outcome)] {
        pages.indices.flatMap { page in
            pages[page].indices.compactMap { place in
                let slot = pages[page][place]
                let tag = UInt32(page * Self.pageLength + place)
                return slot.outcome.map { (tag, slot.number, $0) }
            }
        }
    }

    /// Whether a reply of so many bytes could be kept. One as short as the usual one takes no room.
    func mayKeep(_ count: Int) -> Bool {
        count <= limit - byteCount || count == Self.none.count
    }

    private func isUnderWay(_ tag: UInt32) -> Bool { outcome(tag) == .underWay }

    /// Changes what is known of a call that has come.
    private mutating func set(_ tag: UInt32, _ outcome: Outcome?) {
        let (page, place) = Self.place(of: tag)
        let more = Self.size(outcome) - Self.size(pages[page][place].outcome)
        if more != 0 {
            byteCount += more
            held.add(more)
        }
        pages[page][place].outcome = outcome
    }

    private static func size(_ outcome: Outcome?) -> Int {
        guard case .came(let reply) = outcome, reply.count != none.count else { return 0 }
        return reply.count
    }
}
