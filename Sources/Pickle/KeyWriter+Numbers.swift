import BigInt

extension KeyWriter {
    /// The key of nan.
    static let nan = [UInt8(ascii: "N")]

    static func digits(_ value: Int) -> [UInt8] { [UInt8(ascii: "i")] + String(value).utf8 }

    /// Not in digits: to find those takes a time that grows with the square of their number.
    static func bigInt(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let bytes = TwosComplement.shortest(bytes)
        return TwosComplement.int(bytes).map(digits) ?? [UInt8(ascii: "I")] + bytes
    }

    static func float(_ value: Double) -> [UInt8] {
        if value.isNaN { return nan }
        if let small = Int(exactly: value) { return digits(small) }
        if value.isFinite, value.rounded(.towardZero) == value {
            return bigInt(NumberOrder.wholePart(of: value).littleEndianBytes[...])
        }
        return [UInt8(ascii: "f")] + bigEndian(value)
    }

    static func complex(_ real: Double, _ imaginary: Double) -> [UInt8] {
        if real.isNaN || imaginary.isNaN { return nan }
        if imaginary == 0 { return float(real) }
        return [UInt8(ascii: "c")] + bigEndian(real == 0 ? 0 : real) + bigEndian(imaginary)
    }

    static func key(of instance: StandardInstance) -> [UInt8] {
        switch instance {
        case .number(.int(let value)): digits(value)
        case .number(.bigInt(let value)): bigInt(value.littleEndianBytes[...])
        case .number(.float(let value)): float(value)
        case .number(.rational(let value)):
            [UInt8(ascii: "q")]
                + joined([value.numerator, value.denominator].map(\.littleEndianBytes))
        case .place(let scale, let place):
            [UInt8(ascii: "m")] + [scale.rawValue] + String(place).utf8
        case .path(let text): [UInt8(ascii: "p")] + text
        case .nan: nan
        }
    }

    private static func bigEndian(_ value: Double) -> [UInt8] {
        let bits = value.bitPattern
        return stride(from: 56, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: bits >> UInt64($0))
        }
    }
}

extension PickleValue {
    /// The value in a canonical form: equal to another's exactly if Python takes both for the
    /// same key of a dict.
    ///
    /// See `KeyWriter` for the form. The key `N` of nan is the same as no other, not even as
    /// itself.
    ///
    /// - Throws: ``PickleError`` with `unhashable` (list, dict, set, bytearray, also within a
    ///   tuple) or `limitExceeded`.
    package func key(limits: PickleLimits = .default) throws(PickleError) -> [UInt8] {
        let fuel = arena.fuel(atLeast: limits.comparisons)
        var limits = limits
        let size = arena.data.count + 8 * arena.nodes.count
        limits.keyLength = min(limits.keyLength, max(1 << 12, limits.keyExpansion * size))
        var writer = KeyWriter(arena, limits: limits, fuel: fuel)
        return try writer.key(of: id)
    }
}
