/// Reads a pickle, or a part of one, that holds nothing but one number, text or the like: the
/// most common ones.
///
/// ```text
/// PROTO n? FRAME 8 bytes? | one value | MEMOIZE? or BINPUT n? | STOP, or the end of a body
/// ```
enum ScalarReader {
    /// The value's node, whose bytes stand in the pickle; nil if the pickle is to be read by an
    /// ``Unpickler``, be it that it holds more, or that it is not a pickle.
    static func node(in source: [UInt8], isBody: Bool, limits: PickleLimits) -> Node? {
        guard source.count <= min(limits.bytes, PickleLimits.largestPickle), limits.nodes > 0 else {
            return nil
        }
        var offset = 0
        if source.count >= 2, source[0] == Opcode.proto.rawValue, source[1] >= 3, source[1] <= 5 {
            offset = 2
            if source.count >= 11, source[2] == Opcode.frame.rawValue {
                // A frame that promises more than there is, is for the Unpickler to refuse.
                let length = source[3..<11].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard length <= UInt64(source.count - 11) else { return nil }
                offset = 11
            }
        }
        guard let node = value(in: source, &offset) else { return nil }
        if offset < source.count, source[offset] == Opcode.memoize.rawValue {
            guard limits.memoEntries > 0 else { return nil }
            offset += 1
        }
        if offset < source.count, source[offset] == Opcode.stop.rawValue { return node }
        return isBody && offset == source.count ? node : nil
    }

    private static func value(in source: [UInt8], _ offset: inout Int) -> Node? {
        guard offset < source.count, let opcode = Opcode(rawValue: source[offset]) else {
            return nil
        }
        offset += 1
        switch opcode {
        case .none: return Node.none
        case .newTrue: return .bool(true)
        case .newFalse: return .bool(false)
        case .binInt1: return number(1, in: source, &offset).map { .int(Int($0)) }
        case .binInt2: return number(2, in: source, &offset).map { .int(Int($0)) }
        case .binInt:
            return number(4, in: source, &offset).map { .int(Int(Int32(truncatingIfNeeded: $0))) }
        case .binFloat:
            return number(8, in: source, &offset).map {
                .float(Double(bitPattern: $0.byteSwapped))
            }
        case .long1:
            let bytes = counted(1, in: source, &offset).map { source[$0.range] }
            return bytes.flatMap(TwosComplement.int).map { .int($0) }
        case .shortBinUnicode: return text(counted(1, in: source, &offset), in: source)
        case .binUnicode: return text(counted(4, in: source, &offset), in: source)
        case .shortBinBytes: return counted(1, in: source, &offset).map { .bytes($0) }
        case .binBytes: return counted(4, in: source, &offset).map { .bytes($0) }
        default: return nil
        }
    }

    private static func number(_ count: Int, in source: [UInt8], _ offset: inout Int) -> UInt64? {
        guard source.count - offset >= count else { return nil }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(source[offset + index]) << UInt64(8 * index) }
        offset += count
        return value
    }

    private static func counted(_ width: Int, in source: [UInt8], _ offset: inout Int) -> Extent? {
        guard let length = number(width, in: source, &offset),
            length <= UInt64(source.count - offset)
        else { return nil }
        let start = offset
        offset += Int(length)
        return Extent(from: start, to: offset)
    }

    private static func text(_ extent: Extent?, in source: [UInt8]) -> Node? {
        guard let extent else { return nil }
        let fault = unsafe source.withUnsafeBytes { bytes in
            unsafe SurrogatePass.firstFault(
                in: UnsafeRawBufferPointer(rebasing: bytes[extent.range]))
        }
        return fault == nil ? .str(extent) : nil
    }
}
