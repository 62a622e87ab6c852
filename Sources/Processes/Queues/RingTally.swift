/// What became of the items that were taken out of a queue, as one word, so that both halves change
/// at once: pure.
///
/// ```text
/// bits 0…31     items of which it is known what became of them, modulo 2³²
/// bits 32…63    how many of those were lost with their readers, modulo 2³²
/// ```
struct RingTally: Equatable, Sendable {
    let bits: UInt64

    var settled: UInt32 { UInt32(truncatingIfNeeded: bits) }
    var lost: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }

    init(bits: UInt64) {
        self.bits = bits
    }

    /// So many items have been taken in all, and of those that were not settled before one is going
    /// to be returned, or none; the others are lost.
    func settled(at taken: UInt32, returning returned: UInt32) -> RingTally {
        let gone = taken &- settled
        let more = gone > returned ? gone &- returned : 0
        return RingTally(bits: UInt64(lost &+ more) << 32 | UInt64(taken))
    }
}
