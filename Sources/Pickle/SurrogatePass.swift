/// UTF-8 in which surrogates (U+D800 to U+DFFF) are allowed, each as three bytes: what CPython's
/// pickle writes for a str (`str.encode("utf-8", "surrogatepass")`).
///
/// ```text
/// first byte | then bytes             | code points
/// 00-7F      |                        | U+0000-U+007F
/// C2-DF      | 80-BF                  | U+0080-U+07FF
/// E0         | A0-BF 80-BF            | U+0800-U+0FFF
/// E1-EF      | 80-BF 80-BF            | U+1000-U+FFFF
/// F0         | 90-BF 80-BF 80-BF      | U+10000-U+3FFFF
/// F1-F3      | 80-BF 80-BF 80-BF      | U+40000-U+FFFFF
/// F4         | 80-8F 80-BF 80-BF      | U+100000-U+10FFFF
/// ```
enum SurrogatePass {
    /// Whether all bytes are ASCII, as in nearly all text: words are looked at four at a time where
    /// there are many, with no branch in between.
    @inline(__always)
    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let count = bytes.count
        var seen: UInt64 = 0
        guard count >= 8 else {
            for index in 0..<count { seen |= unsafe UInt64(bytes[index]) }
            return seen < 0x80
        }
        var offset = 0
        while offset + 32 <= count {
            let words = unsafe bytes.loadUnaligned(
                fromByteOffset: offset, as: SIMD4<UInt64>.self)
            seen |= words[0] | words[1] | words[2] | words[3]
            offset += 32
        }
        while offset < count {
            // The last eight bytes may overlap those before.
            let place = min(offset, count - 8)
            seen |= unsafe bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            offset += 8
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }

    /// The offset of the first byte that does not belong, or nil if all is well.
    static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = unsafe asciiPrefix(of: bytes)
        while index < bytes.count {
            let lead = unsafe bytes[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            guard let (length, second) = shape(lead), index + length <= bytes.count else {
                return index
            }
            guard second.contains(unsafe bytes[index + 1]) else { return index }
            for offset in 2..<max(2, length) where unsafe bytes[index + offset] & 0xC0 != 0x80 {
                return index
            }
            index += length
        }
        return nil
    }

    /// The number of bytes at the start that are surely ASCII, by whole words of eight.
    private static func asciiPrefix(of bytes: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index + 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { break }
            index += 8
        }
        return index
    }

    /// How many bytes a code point takes, and what its second byte may be.
    private static func shape(_ lead: UInt8) -> (length: Int, second: ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: nil
        }
    }

    /// Appends a code point; a value above U+10FFFF is not one and appends nothing.
    static func append(_ codePoint: UInt32, to utf8: inout [UInt8]) {
        func tail(_ shift: UInt32) -> UInt8 {
            UInt8(truncatingIfNeeded: codePoint >> shift) & 0x3F | 0x80
        }
        switch codePoint {
        case ..<0x80:
            utf8.append(UInt8(truncatingIfNeeded: codePoint))
        case ..<0x800:
            utf8.append(UInt8(truncatingIfNeeded: codePoint >> 6) | 0xC0)
            utf8.append(tail(0))
        case ..<0x10000:
            utf8.append(UInt8(truncatingIfNeeded: codePoint >> 12) | 0xE0)
            utf8.append(tail(6))
            utf8.append(tail(0))
        case ..<0x110000:
            utf8.append(UInt8(truncatingIfNeeded: codePoint >> 18) | 0xF0)
            utf8.append(tail(12))
            utf8.append(tail(6))
            utf8.append(tail(0))
        default:
            break
        }
    }

    /// The code points of valid bytes.
    struct CodePoints: Sequence, IteratorProtocol {
        let utf8: [UInt8]
        private var index = 0

        init(utf8: [UInt8]) { self.utf8 = utf8 }

        mutating func next() -> UInt32? {
            guard index < utf8.count else { return nil }
            let lead = utf8[index]
            index += 1
            guard lead >= 0x80 else { return UInt32(lead) }
            let length = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3
            var point = UInt32(lead) & (0x3F >> UInt32(length))
            for _ in 0..<length where index < utf8.count {
                point = point << 6 | UInt32(utf8[index] & 0x3F)
                index += 1
            }
            return point
        }
    }
}
