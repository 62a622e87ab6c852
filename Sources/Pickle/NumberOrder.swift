import BigInt

/// A Python number with a place on the number line: int, bool, float, `Decimal` or `Fraction`.
/// Comparisons are exact, as Python's: no number is rounded to compare it with one of another type.
enum NumberOrder {
    enum Number {
        case int(Int)
        case bigInt(BigInt)
        case float(Double)
        case rational(Rational)
    }

    enum Relation {
        case less, equal, greater
        /// One of the numbers is nan.
        case none
    }

    static func compare(_ left: Number, _ right: Number) -> Relation {
        switch (left, right) {
        case (.int(let left), .int(let right)): order(left, right)
        case (.float(let left), .float(let right)):
            left.isNaN || right.isNaN ? .none : order(left, right)
        case (.int(let left), .float(let right)): compare(left, right)
        case (.float(let left), .int(let right)): compare(right, left).reversed
        case (.bigInt(let left), .float(let right)): compare(left, right)
        case (.float(let left), .bigInt(let right)): compare(right, left).reversed
        case (.bigInt(let left), .bigInt(let right)): order(left, right)
        // A big int is never as small as an int.
        case (.bigInt(let left), .int): left.sign == .minus ? .less : .greater
        case (.int, .bigInt(let right)): right.sign == .minus ? .greater : .less
        case (.rational(let left), .rational(let right)): left.order(right)
        case (.rational(let left), .float(let right)): left.order(right)
        case (.rational(let left), .int(let right)): left.order(right)
        case (.rational(let left), .bigInt(let right)): left.order(right)
        case (_, .rational): compare(right, left).reversed
        }
    }

    private static func order<T: Comparable>(_ left: T, _ right: T) -> Relation {
        left < right ? .less : left == right ? .equal : .greater
    }

    private static func compare(_ left: Int, _ right: Double) -> Relation {
        if right.isNaN { return .none }
        // 2^63 is the first float above every Int; below -2^63 there is no Int.
        if right >= 0x1p63 { return .less }
        if right < -0x1p63 { return .greater }
        let whole = right.rounded(.down)
        let relation = order(left, Int(whole))
        return relation == .equal && whole < right ? .less : relation
    }

    private static func compare(_ left: BigInt, _ right: Double) -> Relation {
        if right.isNaN { return .none }
        if right == .infinity { return .less }
        if right == -.infinity { return .greater }
        return order(left, wholePart(of: right))
    }

    /// The whole part of a finite number, exactly. A float above 2^53 has no other.
    static func wholePart(of value: Double) -> BigInt {
        let value = value.rounded(.towardZero)
        guard value.magnitude >= 0x1p63 else { return BigInt(Int(value)) }
        let significand = Int(value.significand * 0x1p52)
        let magnitude = BigInt(significand) << (Int(value.exponent) - 52)
        return value < 0 ? -magnitude : magnitude
    }
}

extension NumberOrder.Relation {
    var reversed: Self {
        switch self {
        case .less: .greater
        case .greater: .less
        case .equal, .none: self
        }
    }
}

extension PickleValue {
    /// The value as a number with a place on the number line, or nil.
    var number: NumberOrder.Number? {
        switch node {
        case .bool(let value): .int(value ? 1 : 0)
        case .int(let value): .int(value)
        case .bigInt(let extent): .bigInt(Self.cut(arena.bytes(extent)))
        case .float(let value): .float(value)
        case .object(let index): arena.number(arena.objects[index])
        default: nil
        }
    }

    /// An int as it compares with floats and small ints: all of more than 129 bytes are beyond
    /// them, so that a huge one costs no more than another.
    private static func cut(_ bytes: ArraySlice<UInt8>) -> BigInt {
        guard bytes.count > 129 else { return BigInt(littleEndian: bytes) }
        let beyond = BigInt(1) << 1031
        return (bytes.last ?? 0) >= 0x80 ? -beyond : beyond
    }
}
