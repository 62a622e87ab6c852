import BigInt

extension BigInt {
    /// Reads two's complement, little endian: the form of a long in a pickle.
    init(littleEndian bytes: ArraySlice<UInt8>) {
        let negative = (bytes.last ?? 0) >= 0x80
        var words: [UInt] = []
        words.reserveCapacity(bytes.count / 8 + 1)
        var word: UInt = 0
        var shift: UInt = 0
        for byte in bytes {
            word |= UInt(negative ? ~byte : byte) << shift
            shift += 8
            if shift == UInt(UInt.bitWidth) {
                words.append(word)
                word = 0
                shift = 0
            }
        }
        if shift > 0 { words.append(word) }
        let magnitude = BigUInt(words: words)
        self.init(sign: negative ? .minus : .plus, magnitude: negative ? magnitude + 1 : magnitude)
    }

    /// Two's complement, little endian, as short as can be; no bytes for 0.
    var littleEndianBytes: [UInt8] {
        guard !isZero else { return [] }
        let negative = sign == .minus
        var bytes: [UInt8] = []
        for word in (negative ? magnitude - 1 : magnitude).words {
            for shift in stride(from: 0, to: UInt.bitWidth, by: 8) {
                let byte = UInt8(truncatingIfNeeded: word >> UInt(shift))
                bytes.append(negative ? ~byte : byte)
            }
        }
        bytes.append(negative ? 0xFF : 0)
        return Array(TwosComplement.shortest(bytes[...]))
    }
}

/// Two's complement, little endian.
enum TwosComplement {
    /// The bytes without those at the end that only repeat the sign.
    static func shortest(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        while let last = bytes.last, last == 0 || last == 0xFF {
            let next = bytes.dropLast().last ?? 0
            guard (next >= 0x80) == (last == 0xFF), bytes.count > 1 || last == 0 else { break }
            bytes.removeLast()
        }
        return bytes
    }

    /// Whether a number is less than another, both as short as can be.
    static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        let isNegative = (left.last ?? 0) >= 0x80
        guard isNegative == ((right.last ?? 0) >= 0x80) else { return isNegative }
        guard left.count == right.count else { return (left.count < right.count) != isNegative }
        return left.reversed().lexicographicallyPrecedes(right.reversed())
    }

    /// The number in at most 8 bytes, or nil.
    static func int(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count <= 8 else { return nil }
        var value: UInt64 = (bytes.last ?? 0) >= 0x80 ? .max : 0
        for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        return Int(Int64(bitPattern: value))
    }
}
