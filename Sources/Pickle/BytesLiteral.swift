/// The inside of a Python bytes literal.
enum BytesLiteral {
    /// The bytes that a literal stands for; nil if it is not one. Source: CPython's
    /// `codecs.escape_decode`.
    static func unescape(_ literal: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(literal.count)
        var rest = literal
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escape = rest.popFirst() else { return nil }
            switch escape {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "a"): bytes.append(0x07)
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "v"): bytes.append(0x0B)
            case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): bytes.append(escape)
            case UInt8(ascii: "x"):
                guard rest.count >= 2, let value = hexadecimal(rest.prefix(2)) else { return nil }
                bytes.append(UInt8(truncatingIfNeeded: value))
                rest = rest.dropFirst(2)
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                var value = UInt32(escape & 7)
                for _ in 0..<2 {
                    guard let digit = rest.first, digit & 0xF8 == 0x30 else { break }
                    value = value << 3 | UInt32(digit & 7)
                    rest.removeFirst()
                }
                bytes.append(UInt8(truncatingIfNeeded: value))
            default:
                bytes.append(byte)
                bytes.append(escape)
            }
        }
        return bytes
    }

    /// The number that at most eight hexadecimal digits stand for.
    static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt32(digit - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(digit - 0x41 + 10)
            case 0x61...0x66: value = value << 4 | UInt32(digit - 0x61 + 10)
            default: return nil
            }
        }
        return value
    }
}
