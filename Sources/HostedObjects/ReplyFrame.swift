import Pickle

/// A reply, `(kind, result)`, in a frame.
///
/// ```text
/// 0        4          6                                     n        n+2
/// length   PROTO 4    SHORT_BINUNICODE 7 "#RETURN" <result> TUPLE2 STOP
/// ```
/// Bodies above 2 GiB have -1 for their length and the length in 8 bytes behind it.
enum ReplyFrame {
    private static let opening: [UInt8] =
        [
            0, 0, 0, 0, Opcode.proto.rawValue, 4, Opcode.shortBinUnicode.rawValue, 7,
        ] + Array("#RETURN".utf8)

    /// Begins a reply with `#RETURN`; the result comes next.
    @inline(__always)
    static func open(_ writer: inout BodyWriter) -> Int {
        let start = writer.bytes.count
        // The first 15 bytes as two words, little endian: a copy from an array takes longer.
        let words: (UInt64, UInt64) = (0x078C_0480_0000_0000, 0x004E_5255_5445_5223)
        unsafe withUnsafeBytes(of: words) { words in
            let fifteen = unsafe UnsafeRawBufferPointer(start: words.baseAddress, count: 15)
            unsafe writer.bytes.append(contentsOf: fifteen)
        }
        return start
    }

    /// Begins a reply whose kind comes next.
    static func openWithoutKind(_ writer: inout BodyWriter) -> Int {
        let start = writer.bytes.count
        writer.bytes.append(contentsOf: opening.prefix(6))
        return start
    }

    /// Ends a reply that began at `start`.
    @inline(__always)
    static func close(_ writer: inout BodyWriter, from start: Int) {
        // Not through `append`, which is another module's and not inlined here.
        writer.bytes.append(Opcode.tuple2.rawValue)
        writer.bytes.append(Opcode.stop.rawValue)
        let length = writer.bytes.count - start - 4
        guard length <= Int(Int32.max) else { return closeLong(&writer, start, length) }
        writer.bytes[start] = UInt8(truncatingIfNeeded: length >> 24)
        writer.bytes[start + 1] = UInt8(truncatingIfNeeded: length >> 16)
        writer.bytes[start + 2] = UInt8(truncatingIfNeeded: length >> 8)
        writer.bytes[start + 3] = UInt8(truncatingIfNeeded: length)
    }

    private static func closeLong(_ writer: inout BodyWriter, _ start: Int, _ length: Int) {
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        writer.bytes.replaceSubrange(start..<start + 4, with: [0xFF, 0xFF, 0xFF, 0xFF] + digits)
    }
}
