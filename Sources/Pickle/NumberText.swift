import BigInt

/// Numbers as Python's `repr` writes them.
enum NumberText {
    /// An int of more than 64 bits, from two's complement in little endian.
    ///
    /// One of more digits than ``PickleLimits/integerDigits`` is written in hexadecimal; Python
    /// refuses to write it in decimal, since that takes time that grows with the square of its
    /// length.
    static func int(_ bytes: ArraySlice<UInt8>, limits: PickleLimits, limit: Int) -> String {
        guard bytes.count * 2 <= max(limit, 64) else { return "<int of \(bytes.count) bytes>" }
        let value = BigInt(littleEndian: bytes)
        // A digit takes more than 3.3219 bits.
        guard value.magnitude.bitWidth <= limits.integerDigits * 33220 / 10000 + 4 else {
            return hexadecimal(value)
        }
        let text = String(value)
        let digits = value.sign == .minus ? text.utf8.count - 1 : text.utf8.count
        return digits <= limits.integerDigits ? text : hexadecimal(value)
    }

    private static func hexadecimal(_ value: BigInt) -> String {
        (value.sign == .minus ? "-0x" : "0x") + String(value.magnitude, radix: 16)
    }

    /// The shortest digits that give back the same float, as `1e+16`, `1.0`, `-0.0`, `inf`, `nan`.
    static func float(_ value: Double) -> String {
        let text = shortest(value)
        return text.utf8.allSatisfy { $0 == 0x2D || (0x30...0x39).contains($0) }
            ? text + ".0" : text
    }

    /// As `(1+2j)`, `1j`, `(-0+1j)`, `(nan+infj)`.
    static func complex(_ real: Double, _ imaginary: Double) -> String {
        if real == 0, real.sign == .plus { return shortest(imaginary) + "j" }
        let text = shortest(imaginary)
        return "(\(shortest(real))\(text.hasPrefix("-") ? "" : "+")\(text)j)"
    }

    /// A float without the `.0` of a whole one. Source: CPython's `Python/pystrtod.c`,
    /// `format_float_short` with code `r`.
    private static func shortest(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        let sign = value.sign == .minus ? "-" : ""
        if value.isInfinite { return sign + "inf" }
        if value == 0 { return sign + "0" }
        let (digits, point) = decimal(value.magnitude.description)
        // `point` is where the decimal point stands, counted from the first digit.
        if point > 16 || point < -3 {
            let exponent = point - 1
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let mark = (exponent < 0 ? "e-" : "e+") + (abs(exponent) < 10 ? "0" : "")
            return "\(sign)\(digits.prefix(1))\(fraction)\(mark)\(abs(exponent))"
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point {
            return sign + digits + String(repeating: "0", count: point - digits.count)
        }
        return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
    }

    /// The significant digits in Swift's text of a positive float, and where their decimal point
    /// stands.
    private static func decimal(_ text: String) -> (digits: String, point: Int) {
        let parts = text.split(separator: "e")
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let halves = parts[0].split(separator: ".")
        let whole = halves[0]
        let fraction = halves.count > 1 ? halves[1] : ""
        var digits = (whole + fraction)[...]
        var point = whole.count + exponent
        while digits.first == "0" {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), point)
    }
}
