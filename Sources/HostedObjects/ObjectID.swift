/// The name of a hosted object on the wire: `ident`, in hexadecimal.
///
/// ```text
/// bit 63      40 39        22 21       0
///     incarnation generation  slot
/// ```
/// The incarnation is a random number of the server's start with its top bit set, so that neither an
/// object of an earlier server nor an address that CPython uses as ident is taken for one of ours.
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
        var bits: UInt64 = 0
        for index in 0..<16 {
            let digit = unsafe text[index]
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                bits = bits << 4 | UInt64(digit & 0xF)
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                bits = bits << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        self.bits = bits
    }

    /// Reads an ident.
    init?(_ text: String) {
        var text = text
        let id = text.withUTF8 { unsafe ObjectID(hexadecimal: UnsafeRawBufferPointer($0)) }
        guard let id else { return nil }
        self = id
    }

    var slot: Int { Int(bits & ((1 << Self.slotBits) - 1)) }

    var generation: UInt32 {
        UInt32(truncatingIfNeeded: bits >> UInt64(Self.slotBits)) & ((1 << Self.generationBits) - 1)
    }

    /// The ident as clients know it.
    package var ident: String { String(bits, radix: 16) }

    package static func < (left: ObjectID, right: ObjectID) -> Bool { left.bits < right.bits }
}
