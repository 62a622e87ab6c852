/// Steps over the instructions of a pickle, one at a time, and copies nothing.
///
/// ```text
/// … | opcode | argument                         | opcode | …
///     start    payload.lowerBound … upperBound     position
/// ```
/// For a counted argument the payload is what follows the count; for a text line, what stands
/// before the newline; for the two lines of GLOBAL and INST, both and the newline between them.
///
/// SAFETY: each read is checked against `end`, which lies within `bytes`; whoever makes a reader
/// keeps the bytes alive as long as it.
@safe struct InstructionReader {
    /// The bytes that are read; they must outlive the reader.
    private let bytes: UnsafeRawBufferPointer
    /// Where the next instruction begins.
    private(set) var position: Int
    /// Where reading ends.
    private let end: Int
    /// Where the instruction last read begins.
    private(set) var start = 0
    /// Where the argument of the instruction last read stands, without its count.
    private(set) var payload = 0..<0

    init(_ bytes: UnsafeRawBufferPointer, from position: Int, to end: Int) {
        unsafe self.bytes = unsafe bytes
        self.position = position
        self.end = end
    }

    var isAtEnd: Bool { position >= end }

    /// Reads one instruction.
    ///
    /// - Throws: `truncated` where the bytes end within it, `malformed` for an unknown opcode.
    @inline(__always)
    mutating func next() throws(PickleError) -> Opcode {
        guard position < end else { throw .truncated(at: position) }
        guard let opcode = unsafe Opcode(rawValue: bytes[position]) else {
            throw .malformed("unknown opcode", at: position)
        }
        start = position
        position += 1
        switch opcode {
        case .binInt1, .binGet, .binPut, .proto, .ext1: try take(1)
        case .binInt2, .ext2: try take(2)
        case .binInt, .ext4, .longBinGet, .longBinPut: try take(4)
        case .binFloat, .frame: try take(8)
        case .shortBinUnicode, .shortBinBytes, .shortBinString, .long1:
            try takeCounted(width: 1)
        case .binUnicode, .binBytes, .binString, .long4:
            try takeCounted(width: 4)
        case .binUnicode8, .binBytes8, .byteArray8:
            try takeCounted(width: 8)
        case .int, .long, .float, .string, .unicode, .persID, .get, .put:
            try takeLines(1)
        case .global, .inst:
            try takeLines(2)
        default:
            payload = position..<position
        }
        return opcode
    }

    /// The argument as a little-endian number; at most 8 bytes of it count.
    @inline(__always)
    var number: Int {
        var value: UInt64 = 0
        for index in payload.prefix(8).reversed() {
            value = unsafe value << 8 | UInt64(bytes[index])
        }
        return Int(truncatingIfNeeded: value)
    }

    @inline(__always)
    private mutating func take(_ count: Int) throws(PickleError) {
        guard count <= end - position else { throw .truncated(at: start) }
        payload = position..<position + count
        position += count
    }

    @inline(__always)
    private mutating func takeCounted(width: Int) throws(PickleError) {
        try take(width)
        let count = number
        guard count >= 0 else { throw .truncated(at: start) }
        try take(count)
    }

    private mutating func takeLines(_ count: Int) throws(PickleError) {
        let from = position
        var missing = count
        while missing > 0 {
            guard position < end else { throw .truncated(at: start) }
            if unsafe bytes[position] == UInt8(ascii: "\n") { missing -= 1 }
            position += 1
        }
        payload = from..<position - 1
    }
}
