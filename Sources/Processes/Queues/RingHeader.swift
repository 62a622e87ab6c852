/// What stands before each piece of an item in a queue: pure.
///
/// ```text
/// bits 0…31    bytes of the piece
/// bit 32       it begins an item
/// bit 33       it ends an item
/// ```
struct RingHeader: Equatable, Sendable {
    /// Its size in bytes.
    static let size = 8

    let length: Int
    let isFirst: Bool
    let isLast: Bool

    init(length: Int, isFirst: Bool, isLast: Bool) {
        self.length = length
        self.isFirst = isFirst
        self.isLast = isLast
    }

    init(bits: UInt64) {
        length = Int(UInt32(truncatingIfNeeded: bits))
        isFirst = bits & 1 << 32 != 0
        isLast = bits & 1 << 33 != 0
    }

    var bits: UInt64 {
        UInt64(UInt32(truncatingIfNeeded: length)) | (isFirst ? 1 << 32 : 0)
            | (isLast ? 1 << 33 : 0)
    }

    /// Bytes that the piece takes with its header, rounded up to units.
    var extent: Int {
        (Self.size + length + RingMark.unit - 1) / RingMark.unit * RingMark.unit
    }
}
