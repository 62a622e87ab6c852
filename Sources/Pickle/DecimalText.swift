/// A finite `decimal.Decimal` as its `str()` writes it, which is how it is pickled: digits with a
/// point, perhaps, and an exponent.
struct DecimalText {
    /// A text of more bytes is not looked into, nor one of a larger exponent.
    private static let (textLimit, exponentLimit) = (256, 1000)

    let isNegative: Bool
    /// Without zeros before them; none of 0.
    let digits: ArraySlice<Int>
    /// The power of ten by which the digits, taken as an int, are multiplied.
    let exponent: Int

    init?(_ text: ArraySlice<UInt8>) {
        guard text.count <= Self.textLimit else { return nil }
        var rest = text
        isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let end = rest.firstIndex(of: UInt8(ascii: "E")) ?? rest.endIndex
        let mantissa = rest[..<end].split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let exponentText = String(decoding: rest[end...].dropFirst(), as: UTF8.self)
        guard mantissa.count <= 2, let exponent = end < rest.endIndex ? Int(exponentText) : 0,
            // Beyond that no text is long enough to make up for it.
            abs(Int128(exponent)) <= Self.exponentLimit
        else { return nil }
        let digits = mantissa.joined().map { Int($0) - 0x30 }
        guard !digits.isEmpty, digits.allSatisfy((0...9).contains) else { return nil }
        self.digits = digits.drop { $0 == 0 }
        self.exponent = mantissa.count == 2 ? exponent - mantissa[1].count : exponent
    }
}
