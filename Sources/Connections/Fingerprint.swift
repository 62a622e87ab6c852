/// SHA-256 fingerprints of certificates, as people write them.
package enum Fingerprint {
    /// 64 hexadecimal digits.
    package static func text(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }

    /// Reads 64 hexadecimal digits, with colons between bytes or without; nil for anything else.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.filter { $0 != ":" }.utf8.map { $0 }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: 64, by: 2) {
            let pair = String(decoding: digits[place..<place + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16), pair.first != "+" else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
