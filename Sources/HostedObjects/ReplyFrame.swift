import Pickle

/// A reply, `(kind, result)`, in a frame.
///
/// ```text
/// 0        4          6                                     n        n+2
/// length   PROTO 4    SHORT_BINUNICODE 7 "#RETURN" <result> TUPLE2 STOP
/// ```
/// On a tagged connection the tag stands before PROTO, 4 bytes, big-endian.
///
/// Bodies above 2 GiB have -1 for their length and the length in 8 bytes behind it.
enum ReplyFrame {
    /// Begins a reply with `#RETURN`; the result comes next.
    @inline(__always)
    static func open(_ writer: inout BodyWriter) -> Int {
        let start = writer.count
        // The first 15 bytes as two words, little endian: a copy from an array takes longer.
        writer.append(words: (0x078C_0480_0000_0000, 0x004E_5255_5445_5223), length: 15)
        return start
    }

    /// Begins a reply with `#RETURN`, under a tag if there is one.
    @inline(__always)
    static func open(_ writer: inout BodyWriter, tag: UInt32?) -> Int {
        guard let tag else { return open(&writer) }
        let start = writer.count
        // The same with the tag behind the length: 19 bytes.
        writer.append(
            words: (UInt64(tag.byteSwapped) << 32, 0x5445_5223_078C_0480), length: 16)
        writer.append(words: (0x004E_5255, 0), length: 3)
        return start
    }

    /// Begins a reply whose kind comes next, under a tag if there is one.
    static func openWithoutKind(_ writer: inout BodyWriter, tag: UInt32?) -> Int {
        let start = writer.count
        writer.append(word: 0)
        if let tag { writer.append(word: tag.byteSwapped) }
        writer.append(.proto)
        writer.append(byte: 4)
        return start
    }

    /// How long the pickle of a reply will be of which so many bytes have been written.
    static func pickleSize(_ count: Int, tag: UInt32?) -> Int {
        count + 2 - 4 - (tag == nil ? 0 : 4)
    }

    /// Ends a reply that began at `start`.
    @inline(__always)
    static func close(_ writer: inout BodyWriter, from start: Int) {
        let length = writer.count + 2 - start - 4
        let short = length <= Int(Int32.max)
        writer.append(
            .tuple2, .stop, andAt: start, short ? UInt32(length).bigEndian : UInt32.max)
        if !short { closeLong(&writer, start, length) }
    }

    /// The reply that returns a value, without its frame: a pickle.
    static func pickle(returning value: PickledValue) -> [UInt8] {
        var writer = BodyWriter()
        let start = open(&writer)
        writer.body(value)
        writer.append(.tuple2)
        writer.append(.stop)
        return Array(writer.finished()[(start + 4)...])
    }

    /// How many bytes stand before the pickle of a reply with a tag, up to 2 GiB.
    static let taggedHeadSize = 8

    /// The pickle in a frame whose reply has a tag.
    static func taggedPickle(_ frame: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let isLong = unsafe frame.first == 0xFF
        return unsafe UnsafeRawBufferPointer(
            rebasing: frame.dropFirst(isLong ? 8 + taggedHeadSize : taggedHeadSize))
    }

    private static func closeLong(_ writer: inout BodyWriter, _ start: Int, _ length: Int) {
        let digits = (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
        let body = writer.bytes[(start + 4)...]
        writer.removeAll(from: start)
        writer.append(contentsOf: [0xFF, 0xFF, 0xFF, 0xFF] + digits)
        writer.append(contentsOf: body)
    }
}
