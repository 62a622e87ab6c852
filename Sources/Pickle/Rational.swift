internal import BigInt

/// A fraction that is neither an int nor exactly a float: `Fraction(1, 3)`, `Decimal('0.1')`.
struct Rational: Sendable, Hashable {
    /// In lowest terms.
    let numerator: BigInt
    /// Above 1.
    let denominator: BigInt
    /// The nearest float: of two numbers whose nearest floats differ, the greater one has the
    /// greater float.
    let nearest: Double

    /// - Parameter denominator: above 1; both have no common divisor. The quotient is a float of
    ///   full precision, neither too small nor too large.
    fileprivate init(_ numerator: BigInt, _ denominator: BigInt) {
        self.numerator = numerator
        self.denominator = denominator
        // Eleven bits more than a float has, the last of them telling whether there is a rest.
        let excess = denominator.magnitude.bitWidth - numerator.magnitude.bitWidth + 64
        let (quotient, rest) =
            excess < 0
            ? numerator.magnitude.quotientAndRemainder(
                dividingBy: denominator.magnitude << -excess)
            : (numerator.magnitude << excess).quotientAndRemainder(
                dividingBy: denominator.magnitude)
        let bits = UInt128(truncatingIfNeeded: quotient) | (rest == 0 ? 0 : 1)
        nearest = Double(
            sign: numerator < 0 ? .minus : .plus, exponent: -excess, significand: Double(bits))
    }

    func order(_ other: Rational) -> NumberOrder.Relation {
        orderOfNearest(other.nearest) ?? order(other.numerator, over: other.denominator)
    }

    func order(_ other: Int) -> NumberOrder.Relation {
        orderOfNearest(Double(other)) ?? order(BigInt(other))
    }

    func order(_ other: BigInt) -> NumberOrder.Relation { order(other, over: 1) }

    func order(_ other: Double) -> NumberOrder.Relation {
        if other.isNaN { return .none }
        // Neither of these has an exponent.
        if other == 0 { return numerator < 0 ? .less : .greater }
        guard other.isFinite else { return other < 0 ? .greater : .less }
        if let relation = orderOfNearest(other) { return relation }
        let significand = BigInt(Int(other.significand * 0x1p52))
        let numerator = other.sign == .minus ? -significand : significand
        let exponent = Int(other.exponent) - 52
        return exponent < 0
            ? order(numerator, over: BigInt(1) << -exponent) : order(numerator << exponent)
    }

    /// - Returns: nil if it is nearest to the float that the other number is nearest to.
    private func orderOfNearest(_ other: Double) -> NumberOrder.Relation? {
        nearest == other ? nil : nearest < other ? .less : .greater
    }

    private func order(_ numerator: BigInt, over denominator: BigInt) -> NumberOrder.Relation {
        let left = self.numerator * denominator
        let right = numerator * self.denominator
        return left < right ? .less : left == right ? .equal : .greater
    }
}

extension NumberOrder.Number {
    /// What has more bits takes too long to be counted with: it is compared by how it is made.
    static let longest = 640
    /// The same of a `Decimal`: the longest text, in bytes, and its powers of ten, of which none is
    /// less than all floats of full precision.
    static let (longestDecimal, exponents) = (100, -300...400)

    /// A fraction, as an int or a float where it is one.
    ///
    /// - Returns: nil for a denominator that is not positive, and for either of more than 640 bits;
    ///   an int may have 1,100.
    init?(_ numerator: BigInt, over denominator: BigInt) {
        let longest = denominator == 1 ? 1100 : Self.longest
        guard denominator > 0, numerator.bitWidth <= longest, denominator.bitWidth <= longest
        else { return nil }
        let divisor =
            denominator == 1 ? denominator : numerator.greatestCommonDivisor(with: denominator)
        self.init(inLowestTerms: numerator / divisor, denominator / divisor)
    }

    private init(inLowestTerms top: BigInt, _ bottom: BigInt) {
        let shift = bottom.magnitude.trailingZeroBitCount
        if bottom == 1 {
            self = Int(exactly: top).map { .int($0) } ?? .bigInt(top)
        } else if shift == bottom.magnitude.bitWidth - 1,
            top.magnitude.bitWidth <= Double.significandBitCount + 1
        {
            self = .float(Double(Int(top)) / Double(sign: .plus, exponent: shift, significand: 1))
        } else {
            self = .rational(Rational(top, bottom))
        }
    }

    /// A `Decimal`, by its text.
    ///
    /// - Returns: nil for what is no number, for a text of more than 100 bytes, and for an exponent
    ///   below -300 or above 400.
    init?(decimal text: ArraySlice<UInt8>) {
        guard text.count <= Self.longestDecimal else { return nil }
        guard let number = DecimalText(text) else {
            self.init(infinite: String(decoding: text, as: UTF8.self))
            return
        }
        var (digits, exponent) = (number.digits, number.exponent)
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        guard !digits.isEmpty else {
            self = number.isNegative ? .float(-0.0) : .int(0)
            return
        }
        guard Self.exponents ~= exponent else { return nil }
        // Digits are taken eighteen at a time, for as many fit an Int.
        var magnitude = BigInt(0)
        var rest = digits
        while !rest.isEmpty {
            let part = rest.prefix(18)
            rest = rest.dropFirst(18)
            magnitude *= BigInt(part.reduce(1) { product, _ in product * 10 })
            magnitude += BigInt(part.reduce(0) { $0 * 10 + $1 })
        }
        let numerator = number.isNegative ? -magnitude : magnitude
        if exponent >= 0 {
            self.init(inLowestTerms: numerator * BigInt(10).power(exponent), 1)
        } else {
            self.init(numerator, dividedByTenToThe: -exponent)
        }
    }

    /// - Parameter numerator: not a multiple of 10.
    private init(_ numerator: BigInt, dividedByTenToThe exponent: Int) {
        // The one prime may divide it or the other, not both.
        let twos = min(numerator.magnitude.trailingZeroBitCount, exponent)
        var numerator = numerator >> twos
        var fives = exponent
        while twos == 0, fives > 0 {
            let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: 5)
            guard rest == 0 else { break }
            numerator = quotient
            fives -= 1
        }
        self.init(inLowestTerms: numerator, BigInt(5).power(fives) << (exponent - twos))
    }

    private init?(infinite text: String) {
        switch text {
        case "Infinity": self = .float(.infinity)
        case "-Infinity": self = .float(-.infinity)
        default: return nil
        }
    }
}
