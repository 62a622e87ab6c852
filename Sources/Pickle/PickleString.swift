/// A Python str: any sequence of code points, lone surrogates among them.
///
/// Held as UTF-8 in which a lone surrogate takes three bytes (Python's `"surrogatepass"`).
/// Equality, hash and order are those of the bytes, and the order of UTF-8 bytes is the order of
/// code points: so, unlike Swift's `String`, canonically equal but different texts differ, as
/// they do in Python.
public struct PickleString: Hashable, Comparable, Sendable {
    /// The text as UTF-8 with surrogatepass.
    public let utf8: [UInt8]

    /// Makes a Python str of a Swift string.
    public init(_ string: String) {
        utf8 = Array(string.utf8)
    }

    /// Makes a Python str of UTF-8 with surrogatepass.
    ///
    /// - Throws: ``PickleError/Code-swift.struct/malformed`` where the bytes are not such UTF-8.
    public init(utf8: [UInt8]) throws(PickleError) {
        if let offset = unsafe utf8.withUnsafeBytes({ unsafe SurrogatePass.firstFault(in: $0) }) {
            throw .malformed("str is not UTF-8", at: offset)
        }
        self.utf8 = utf8
    }

    /// Makes a Python str of bytes that are known to be UTF-8 with surrogatepass.
    package init(unchecked utf8: [UInt8]) {
        self.utf8 = utf8
    }

    /// The text, or nil if it holds lone surrogates, which a Swift string cannot.
    public var string: String? {
        String(validating: utf8, as: UTF8.self)
    }

    /// The text, with U+FFFD in place of lone surrogates.
    public var lossyString: String {
        string
            ?? String(String.UnicodeScalarView(codePoints.map { Unicode.Scalar($0) ?? "\u{FFFD}" }))
    }

    /// The text's code points, lone surrogates among them.
    package var codePoints: some Sequence<UInt32> {
        SurrogatePass.CodePoints(utf8: utf8)
    }

    /// Whether the first text comes first by code points, as in Python.
    public static func < (left: PickleString, right: PickleString) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}

extension PickleString: ExpressibleByStringLiteral, CustomStringConvertible {
    /// Makes a Python str of a literal.
    public init(stringLiteral value: String) {
        self.init(value)
    }

    /// The text, with U+FFFD in place of lone surrogates.
    public var description: String { lossyString }
}
