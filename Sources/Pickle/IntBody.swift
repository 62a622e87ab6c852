/// The body of an int that fits in 64 bits, in as few bytes as there can be: as two words, little
/// endian, of which so many bytes count.
///
/// ```text
/// opcode   bytes                     ints
/// BININT1  1 + 1                     0 ... 255
/// BININT2  1 + 2                     256 ... 65535
/// BININT   1 + 4, two's complement   of 32 bits
/// LONG1    1 + 1 + n, the same       of n bytes
/// ```
@usableFromInline
struct IntBody {
    let words: (UInt64, UInt64)
    let length: Int

    /// Most bytes of one.
    @usableFromInline static let longest = 10

    init(_ value: Int) {
        if let byte = UInt8(exactly: value) {
            words = (UInt64(Opcode.binInt1.rawValue) | UInt64(byte) << 8, 0)
            length = 2
        } else if let short = UInt16(exactly: value) {
            words = (UInt64(Opcode.binInt2.rawValue) | UInt64(short) << 8, 0)
            length = 3
        } else if let word = Int32(exactly: value) {
            words = (UInt64(Opcode.binInt.rawValue) | UInt64(UInt32(bitPattern: word)) << 8, 0)
            length = 5
        } else {
            // As many of the leading bits only repeat the sign.
            let redundant = (value < 0 ? ~value : value).leadingZeroBitCount - 1
            let width = 8 - redundant / 8
            let bits = UInt64(bitPattern: Int64(value))
            let head = UInt64(Opcode.long1.rawValue) | UInt64(width) << 8
            words = (head | bits << 16, bits >> 48)
            length = 2 + width
        }
    }
}
