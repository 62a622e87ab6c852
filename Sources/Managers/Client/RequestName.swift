internal import Pickle

/// What a message is called, where it is written as this house and CPython write it.
enum RequestName {
    /// The method or verb of a request: the second of the strings at its beginning.
    ///
    /// ```text
    /// PROTO 4  MARK  SHORT_BINUNICODE n <ident> or NONE  SHORT_BINUNICODE n <method>
    /// ```
    static func method(in request: [UInt8]) -> String {
        var rest = request.dropFirst(3)
        if rest.first == Opcode.none.rawValue {
            rest = rest.dropFirst()
        } else {
            _ = text(&rest)
        }
        return text(&rest) ?? "unknown"
    }

    /// What kind of reply it is: `#RETURN`, `#ERROR`, …
    static func kind(of reply: [UInt8]) -> String {
        var rest = reply.dropFirst(2)
        // CPython's replies stand in a frame.
        if rest.first == Opcode.frame.rawValue { rest = rest.dropFirst(9) }
        return text(&rest) ?? "unknown"
    }

    private static func text(_ bytes: inout ArraySlice<UInt8>) -> String? {
        guard bytes.count >= 2, bytes.removeFirst() == Opcode.shortBinUnicode.rawValue else {
            return nil
        }
        let count = Int(bytes.removeFirst())
        guard bytes.count >= count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
