/// `str.lower`, `str.upper` and `str.casefold` of Python.
package enum CaseMapping: String {
    case lower, upper, casefold

    /// The text in that case; lone surrogates stay what they are.
    package func callAsFunction(_ text: PickleString) -> PickleString {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return PickleString(unchecked: ascii(text.utf8)) }
        let points = Array(text.codePoints)
        var utf8: [UInt8] = []
        utf8.reserveCapacity(text.utf8.count)
        for (place, point) in points.enumerated() {
            guard let scalar = Unicode.Scalar(point) else {
                SurrogatePass.append(point, to: &utf8)
                continue
            }
            utf8 += map(scalar, at: place, of: points).utf8
        }
        return PickleString(unchecked: utf8)
    }

    private func ascii(_ text: [UInt8]) -> [UInt8] {
        let first = UInt8(ascii: self == .upper ? "a" : "A")
        return text.map { $0 >= first && $0 < first + 26 ? $0 ^ 0x20 : $0 }
    }

    private func map(_ scalar: Unicode.Scalar, at place: Int, of points: [UInt32]) -> String {
        switch self {
        case .upper: scalar.properties.uppercaseMapping
        case .lower where scalar == "Σ" && Self.isFinal(place, points): "ς"
        case .lower: scalar.properties.lowercaseMapping
        case .casefold: Self.casefold(scalar)
        }
    }

    /// Whether a sigma ends a word. Source: Unicode, table 3-17, Final_Sigma.
    private static func isFinal(_ place: Int, _ points: [UInt32]) -> Bool {
        isCased(points[..<place].reversed()) && !isCased(points[(place + 1)...])
    }

    /// Whether the first of these that counts is a cased letter.
    private static func isCased(_ points: some Sequence<UInt32>) -> Bool {
        for point in points {
            guard let properties = Unicode.Scalar(point)?.properties else { return false }
            if !properties.isCaseIgnorable { return properties.isCased }
        }
        return false
    }

    /// The lowercase of the uppercase, but for a few. Source: Unicode, CaseFolding.txt.
    private static func casefold(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x131, 0x13A0...0x13F5: return String(scalar)
        case 0x13F8...0x13FD: return String(Unicode.Scalar(scalar.value - 8) ?? scalar)
        case 0xAB70...0xABBF: return String(Unicode.Scalar(scalar.value - 0x97D0) ?? scalar)
        case 0x1E9E: return "ss"
        default:
            let upper = scalar.properties.uppercaseMapping.unicodeScalars
            return upper.map { $0.properties.lowercaseMapping }.joined()
        }
    }
}
