import Pickle

// Ints as items of an array, with the messages of CPython's conversions to C's types.
extension ArrayTypeCode {
    /// The bits of an int.
    ///
    /// - Throws: TypeError for what is no int, OverflowError for one that is out of range.
    func int(_ value: PickledValue) throws(Failure) -> UInt64 {
        if case .int(let int) = Scalar(value) { return try bits(of: int) }
        let decoded = try value.decodedOrFailure()
        if let int = decoded.index { return try bits(of: int) }
        guard case .bigInt = decoded.kind else {
            throw .type("'\(decoded.nameOfType)' object cannot be interpreted as an integer")
        }
        // The least bytes in which a value is kept: LONG1, their number, then little endian.
        let digits = PickledValue(decoded).body.dropFirst(2)
        let isNegative = (digits.last ?? 0) >= 0x80
        guard kind == .unsigned, width >= 4 else { throw .overflow(beyondLong) }
        guard !isNegative else { throw .overflow(tooSmall) }
        guard digits.count == 9, digits.last == 0 else { throw .overflow(beyondLong) }
        guard width == 8 else { throw .overflow(tooLarge) }
        return digits.dropLast().reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    private func bits(of int: Int) throws(Failure) -> UInt64 {
        guard int >= least else { throw .overflow(tooSmall) }
        guard int < 0 || UInt64(int) <= most else { throw .overflow(tooLarge) }
        return UInt64(bitPattern: Int64(int))
    }

    private var least: Int {
        kind == .unsigned ? 0 : width == 8 ? Int.min : -(1 << (8 * width - 1))
    }

    private var most: UInt64 {
        let bits = UInt64(8 * width)
        return UInt64.max >> (64 - (kind == .unsigned ? bits : bits - 1))
    }

    private var tooSmall: String {
        switch letter {
        case "b": "signed char is less than minimum"
        case "B": "unsigned byte integer is less than minimum"
        case "h": "signed short integer is less than minimum"
        case "H": "unsigned short is less than minimum"
        case "i": "signed integer is less than minimum"
        case "Q": "can't convert negative int to unsigned"
        default: "can't convert negative value to unsigned int"
        }
    }

    private var tooLarge: String {
        switch letter {
        case "b": "signed char is greater than maximum"
        case "B": "unsigned byte integer is greater than maximum"
        case "h": "signed short integer is greater than maximum"
        case "H": "unsigned short is greater than maximum"
        case "i": "signed integer is greater than maximum"
        default: "unsigned int is greater than maximum"
        }
    }

    /// What CPython says of an int that C's longest type for it does not hold.
    private var beyondLong: String {
        switch letter {
        case "q", "Q": "int too big to convert"
        case "I", "L": "Python int too large to convert to C unsigned long"
        default: "Python int too large to convert to C long"
        }
    }
}

extension BodyWriter {
    /// Writes an int that may be greater than any Int.
    mutating func int(_ bits: UInt64) {
        if let int = Int(exactly: bits) { return self.int(int) }
        append(.long1)
        append(byte: 9)
        for shift in stride(from: 0, through: 64, by: 8) {
            append(byte: UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
    }
}
