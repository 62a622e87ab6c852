/// The name of a hosted object on the wire: `ident`, in hexadecimal.
///
/// ```text
/// bit 63      40 39        22 21       0
///     incarnation generation  slot
/// ```
/// The incarnation is a random number of the server's start with its top bit set, so that neither
/// an object of an earlier server nor an address that CPython uses as ident is taken for one of
/// ours.
package struct ObjectID: Hashable, Sendable, Comparable {
    let bits: UInt64

    /// What no object is named: an incarnation has its top bit set.
    static let none = ObjectID(bits: 0)

    static let slotBits = 22
    static let generationBits = 18

    private init(bits: UInt64) {
        self.bits = bits
    }

    init(incarnation: UInt32, generation: UInt32, slot: Int) {
        bits =
            UInt64(incarnation & 0xFF_FFFF | 0x80_0000) << 40
            | UInt64(generation & 0x3_FFFF) << UInt64(Self.slotBits) | UInt64(slot)
    }

    /// Reads an ident; nil if the text is not sixteen lower-case hexadecimal digits.
    @inline(__always)
    init?(hexadecimal text: UnsafeRawBufferPointer) {
        guard text.count == 16 else { return nil }
        let first = unsafe Self.value(text.loadUnaligned(as: UInt64.self))
        let second = unsafe Self.value(text.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        guard let first, let second else { return nil }
        bits = first << 32 | second
    }

    /// Eight digits at once, one in each byte: what they are worth, nil if one is none.
    @inline(__always)
    private static func value(_ text: UInt64) -> UInt64? {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let digits = UInt64(bigEndian: text)
        // Letters have the bit 0x40; those from a to f have 1 to 6 in their low four bits.
        let letters = digits >> 6 & ones
        let low = digits & (ones &* 0x0F)
        let expected = low &+ (ones &* 0x30) &+ letters &* 0x30
        let number = low &+ letters &* 9
        // A letter worth more than 15, an `@`, or a digit worth more than 9 has one of these bits.
        let tooMuch = (number &+ ones &* 0x70) | ((low &+ ones &* 0x76) & ~(letters &* 0xFF))
        let isAt = letters & ~((low &+ ones &* 0x7F) >> 7)
        guard digits == expected, tooMuch & (ones &* 0x80) == 0, isAt == 0 else { return nil }
        var value = (number | number >> 4) & 0x00FF_00FF_00FF_00FF
        value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
        return (value | value >> 16) & 0xFFFF_FFFF
    }

    /// Reads an ident.
    init?(_ text: String) {
        var text = text
        let id = text.withUTF8 { unsafe ObjectID(hexadecimal: UnsafeRawBufferPointer($0)) }
        guard let id else { return nil }
        self = id
    }

    /// Whether an ident is of a server of this house: CPython's are addresses.
    package static func isOne(_ ident: String) -> Bool {
        ObjectID(ident).map { $0.bits >> 63 == 1 } ?? false
    }

    var slot: Int { Int(bits & ((1 << Self.slotBits) - 1)) }

    var generation: UInt32 {
        UInt32(truncatingIfNeeded: bits >> UInt64(Self.slotBits)) & ((1 << Self.generationBits) - 1)
    }

    /// The ident as clients know it.
    package var ident: String { String(bits, radix: 16) }

    package static func < (left: ObjectID, right: ObjectID) -> Bool { left.bits < right.bits }
}
