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
        let start = writer.count
        // The first 15 bytes as two words, little endian: a copy from an array takes longer.
        writer.append(words: (0x078C_0480_0000_0000, 0x004E_5255_5445_5223), length: 15)
        return start
    }

    /// Begins a reply whose kind comes next.
    static func openWithoutKind(_ writer: inout BodyWriter) -> Int {
        let start = writer.count
        writer.append(contentsOf: opening.prefix(6))
        return start
    }

    /// Ends a reply that began at `start`.
    @inline(__always)
    static func close(_ writer: inout BodyWriter, from start: Int) {
        writer.append(.tuple2, .stop)
        let length = writer.count - start - 4
        guard length <= Int(Int32.max) else { return closeLong(&writer, start, length) }
        writer.overwrite(at: start, with: UInt32(length).bigEndian)
    }

    private static func closeLong(_ writer: inout BodyWriter, _ start: Int, _ length: Int) {
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        let body = writer.bytes[(start + 4)...]
        writer.removeAll(from: start)
        writer.append(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF] + digits)
        writer.append(contentsOf: body)
    }
}
