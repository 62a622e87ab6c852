/// A key as it is written in a ring's file.
enum KeyText {
    /// The key's bytes; nil for what is not well formed.
    static func bytes(_ text: Substring) -> [UInt8]? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = text[text.index(after: colon)...]
        return switch text[..<colon] {
        case "hex": hexadecimal(rest)
        case "base64": base64(rest)
        case "text": Array(rest.utf8)
        default: nil
        }
    }

    private static func hexadecimal(_ text: Substring) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    /// RFC 4648, section 4; the padding may be left out.
    private static func base64(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        let padded = Array(text.utf8)
        let padding = padded.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let digits = padded.dropLast(padding)
        guard padding <= 2, digits.count % 4 != 1,
            padding == 0 || padded.count.isMultiple(of: 4)
        else { return nil }
        for byte in digits {
            guard let value = value(ofBase64: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        // What is left over says nothing.
        return bits & ((1 << UInt32(count)) - 1) == 0 ? bytes : nil
    }

    private static func value(ofBase64 byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
