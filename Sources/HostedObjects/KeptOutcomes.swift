import Pickle

/// What came of those calls of a tagged connection of which the client wants to know that even if
/// the connection ends before the reply: the last one under each tag, by the client's number for
/// it.
///
/// ```text
/// begin ──▶ underWay ──▶ came, gave, unknown ──▶ (the tag is used again)
///              └─ forget: as if it had never come
/// ```
struct KeptOutcomes {
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

    /// How many bytes of replies are kept at most.
    private let limit: Int
    private var slots: [Slot] = []
    /// How many bytes of replies are kept.
    private(set) var byteCount = 0

    /// The reply that most calls have which change something: `('#RETURN', None)`.
    private static let none = ReplyFrame.pickle(returning: .none)

    init(limit: Int) {
        self.limit = limit
    }

    /// A call has come under a tag.
    mutating func begin(_ tag: UInt32, _ number: UInt32) {
        while slots.count <= Int(tag) { slots.append(Slot()) }
        forget(tag)
        slots[Int(tag)] = Slot(number: number, outcome: .underWay)
    }

    /// Nothing is to be known of the call under a tag.
    @inline(__always)
    mutating func forget(_ tag: UInt32) {
        if slots.count > Int(tag), slots[Int(tag)].outcome != nil { set(tag, nil) }
    }

    /// The call under a tag has been answered by a reply.
    mutating func answer(_ tag: UInt32, _ reply: UnsafeRawBufferPointer) {
        guard isUnderWay(tag) else { return }
        if reply.count == Self.none.count, unsafe reply.elementsEqual(Self.none) {
            slots[Int(tag)].outcome = .came(Self.none)
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
        slots.indices.compactMap { tag in
            slots[tag].outcome.map { (UInt32(tag), slots[tag].number, $0) }
        }
    }

    /// Whether a reply of so many bytes could be kept. One as short as the usual one takes no room.
    func mayKeep(_ count: Int) -> Bool {
        count <= limit - byteCount || count == Self.none.count
    }

    private func isUnderWay(_ tag: UInt32) -> Bool {
        slots.count > Int(tag) && slots[Int(tag)].outcome == .underWay
    }

    private mutating func set(_ tag: UInt32, _ outcome: Outcome?) {
        byteCount += Self.size(outcome) - Self.size(slots[Int(tag)].outcome)
        slots[Int(tag)].outcome = outcome
    }

    private static func size(_ outcome: Outcome?) -> Int {
        guard case .came(let reply) = outcome, reply.count != none.count else { return 0 }
        return reply.count
    }
}
