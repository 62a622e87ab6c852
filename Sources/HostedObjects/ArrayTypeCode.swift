import Pickle

/// What the items of a Python array are: its `typecode`, on a machine where `long` has 64 bits.
///
/// ```text
/// b B    1 byte          i I    4 bytes         f    4 bytes, a float
/// h H    2 bytes         l L q Q    8 bytes     d    8 bytes, a float
/// u w    4 bytes, a character
/// ```
/// Numbers stand in little endian. Small letters have a sign.
///
/// Source: CPython's `arraymodule.c`, whose messages these are.
struct ArrayTypeCode: Hashable, Sendable {
    enum Kind { case signed, unsigned, float, character }

    let letter: String
    let kind: Kind
    /// The size of an item, in bytes.
    let width: Int

    /// - Returns: nil for what is no type code.
    init?(_ letter: String) {
        switch letter {
        case "b", "h", "i", "l", "q": kind = .signed
        case "B", "H", "I", "L", "Q": kind = .unsigned
        case "f", "d": kind = .float
        case "u", "w": kind = .character
        default: return nil
        }
        switch letter {
        case "b", "B": width = 1
        case "h", "H": width = 2
        case "i", "I", "f", "u", "w": width = 4
        default: width = 8
        }
        self.letter = letter
    }

    // MARK: Reading

    /// The item that these bytes are.
    ///
    /// - Throws: ValueError for bytes that are no character.
    func item(_ bytes: ArraySlice<UInt8>) throws(Failure) -> PickledValue {
        var writer = BodyWriter()
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch kind {
        case .float where width == 4:
            writer.float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case .float: writer.float(Double(bitPattern: bits))
        case .character: writer.str(utf8: try Self.utf8(UInt32(truncatingIfNeeded: bits)))
        case .signed:
            let unused = UInt64(64 - 8 * width)
            writer.int(Int(Int64(bitPattern: bits << unused) >> Int64(unused)))
        case .unsigned: writer.int(bits)
        }
        return PickledValue(body: writer.bytes)
    }

    /// UTF-8 of a code point, which may be a lone surrogate.
    private static func utf8(_ code: UInt32) throws(Failure) -> [UInt8] {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (code >> shift) & 0x3F) }
        switch code {
        case ..<0x80: return [UInt8(code)]
        case ..<0x800: return [UInt8(0xC0 | code >> 6), tail(0)]
        case ..<0x1_0000: return [UInt8(0xE0 | code >> 12), tail(6), tail(0)]
        case ..<0x11_0000: return [UInt8(0xF0 | code >> 18), tail(12), tail(6), tail(0)]
        default: throw .value("chr() arg not in range(0x110000)")
        }
    }

    // MARK: Writing

    /// Appends a value as an item.
    ///
    /// - Throws: TypeError or OverflowError for what is no such item.
    func append(_ value: PickledValue, to data: inout [UInt8]) throws(Failure) {
        let bits = try bits(of: value)
        for shift in 0..<width {
            data.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * shift)))
        }
    }

    private func bits(of value: PickledValue) throws(Failure) -> UInt64 {
        switch kind {
        case .character: return try Self.character(value)
        case .float:
            let number = try Self.float(value)
            return width == 8 ? number.bitPattern : UInt64(Float(number).bitPattern)
        case .signed, .unsigned: return try int(value)
        }
    }

    private static func character(_ value: PickledValue) throws(Failure) -> UInt64 {
        let noCharacter = Failure.type("array item must be unicode character")
        guard case .str(let place) = Scalar(value), let first = value.body[place].first else {
            throw noCharacter
        }
        let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard place.count == length else { throw noCharacter }
        let head = length == 1 ? first : first & (0x7F >> UInt8(length))
        return value.body[place].dropFirst().reduce(UInt64(head)) { $0 << 6 | UInt64($1 & 0x3F) }
    }

    private static func float(_ value: PickledValue) throws(Failure) -> Double {
        if case .int(let int) = Scalar(value) { return Double(int) }
        if value.slice.kind == .float {
            let bits = value.body.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return Double(bitPattern: bits)
        }
        let decoded = try value.decodedOrFailure()
        if let number = decoded.float { return number }
        guard case .bigInt(let int) = decoded.kind else {
            throw .type("must be real number, not \(decoded.nameOfType)")
        }
        let number = Double(int)
        guard number.isFinite else { throw .overflow("int too large to convert to float") }
        return number
    }
}
