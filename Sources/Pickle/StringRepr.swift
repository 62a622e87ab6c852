/// Strings and bytes as Python's `repr` writes them.
enum StringRepr {
    /// - Parameter limit: about how many bytes of text to write at most.
    static func str(_ utf8: ArraySlice<UInt8>, limit: Int) -> String {
        let quote = quote(for: utf8)
        var text: [UInt8] = [quote]
        for point in SurrogatePass.CodePoints(utf8: Array(utf8.prefix(max(0, limit)))) {
            guard text.count <= limit else { break }
            if point < 0x80 {
                appendASCII(UInt8(truncatingIfNeeded: point), quote, to: &text)
            } else if isPrintable(point) {
                SurrogatePass.append(point, to: &text)
            } else if point < 0x100 {
                appendHexadecimal("x", point, 2, to: &text)
            } else if point < 0x10000 {
                appendHexadecimal("u", point, 4, to: &text)
            } else {
                appendHexadecimal("U", point, 8, to: &text)
            }
        }
        text.append(quote)
        return String(decoding: text, as: UTF8.self)
    }

    /// - Parameter limit: about how many bytes of text to write at most.
    /// - Parameter ofByteArray: whether to escape as a bytearray does: the single quote,
    ///   whichever quotes stand around.
    static func bytes(
        _ bytes: ArraySlice<UInt8>, limit: Int, ofByteArray: Bool = false
    ) -> String {
        let quote = quote(for: bytes)
        var text: [UInt8] = [UInt8(ascii: "b"), quote]
        for byte in bytes {
            guard text.count <= limit else { break }
            if byte < 0x80 {
                appendASCII(byte, ofByteArray ? UInt8(ascii: "'") : quote, to: &text)
            } else {
                appendHexadecimal("x", UInt32(byte), 2, to: &text)
            }
        }
        text.append(quote)
        return String(decoding: text, as: UTF8.self)
    }

    /// A double quote only for a text with single and without double quotes.
    private static func quote(for bytes: ArraySlice<UInt8>) -> UInt8 {
        let single = UInt8(ascii: "'")
        let double = UInt8(ascii: "\"")
        return bytes.contains(single) && !bytes.contains(double) ? double : single
    }

    private static func appendASCII(_ byte: UInt8, _ quote: UInt8, to text: inout [UInt8]) {
        switch byte {
        case quote, UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
        case 0x09: text += "\\t".utf8
        case 0x0A: text += "\\n".utf8
        case 0x0D: text += "\\r".utf8
        case 0x20..<0x7F: text.append(byte)
        default: appendHexadecimal("x", UInt32(byte), 2, to: &text)
        }
    }

    private static func appendHexadecimal(
        _ kind: Character, _ value: UInt32, _ digits: Int, to text: inout [UInt8]
    ) {
        let hexadecimal = String(value, radix: 16)
        let zeros = String(repeating: "0", count: max(0, digits - hexadecimal.utf8.count))
        text += "\\\(kind)\(zeros)\(hexadecimal)".utf8
    }

    /// Python's `str.isprintable`: everything but Unicode's categories Other and Separator, and
    /// the space.
    static func isPrintable(_ point: UInt32) -> Bool {
        guard let scalar = Unicode.Scalar(point) else { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }
}
