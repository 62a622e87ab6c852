import BigInt

// What Python's `abs`, `-`, and `int` make of numbers.
extension PickleValue {
    /// `abs(value)` of an int or a float; nil for another value.
    package var magnitude: PickleValue? {
        switch kind {
        case .bool(let flag): .int(flag ? 1 : 0)
        case .int(let number): .bigInt(BigInt(BigInt(number).magnitude))
        case .bigInt(let number): .bigInt(BigInt(number.magnitude))
        case .float(let number): .float(number.magnitude)
        default: nil
        }
    }

    /// `-value` of an int, a float or a complex number; nil for another value.
    package var negated: PickleValue? {
        switch kind {
        case .bool(let flag): .int(flag ? -1 : 0)
        case .int(let number): .bigInt(-BigInt(number))
        case .bigInt(let number): .bigInt(-number)
        case .float(let number): .float(-number)
        case .complex(let real, let imaginary): .complex(real: -real, imaginary: -imaginary)
        default: nil
        }
    }

    /// The int that a finite float is before its point.
    package init(wholePartOf number: Double) {
        self = .bigInt(NumberOrder.wholePart(of: number))
    }

    /// The int of decimal digits, with a sign perhaps; nil for another text.
    package init?(digits: String) {
        guard let number = BigInt(digits) else { return nil }
        self = .bigInt(number)
    }
}
