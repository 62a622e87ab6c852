/// How far a queue has been written or read, as one word, so that both halves change at once: pure.
///
/// ```text
/// bits 0…31     where, in units of eight bytes, counted from the beginning, modulo 2³²
/// bits 32…63    how many items, modulo 2³²
/// ```
struct RingMark: Equatable, Sendable {
    /// Bytes of a unit.
    static let unit = 8

    let bits: UInt64

    /// How many items lie before it, modulo 2³².
    var items: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }

    private var position: UInt32 { UInt32(truncatingIfNeeded: bits) }

    init(bits: UInt64) {
        self.bits = bits
    }

    private init(position: UInt32, items: UInt32) {
        bits = UInt64(items) << 32 | UInt64(position)
    }

    /// So many bytes further on, rounded up to units, and perhaps an item.
    func advanced(bytes: Int, isItem: Bool) -> RingMark {
        let units = UInt32(truncatingIfNeeded: (bytes + Self.unit - 1) / Self.unit)
        return RingMark(position: position &+ units, items: items &+ (isItem ? 1 : 0))
    }

    /// How many bytes lie between an earlier mark and this one.
    func bytes(since earlier: RingMark) -> Int {
        Int(position &- earlier.position) * Self.unit
    }

    /// Where it lies in a ring whose size is a power of two of at least a unit.
    func offset(in capacity: Int) -> Int {
        Int(position) * Self.unit & (capacity - 1)
    }
}
