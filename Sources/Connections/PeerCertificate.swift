package import OpenSSL

/// The certificate that a peer has shown, which is trusted: who it is.
public struct PeerCertificate: Sendable, Hashable, CustomStringConvertible {
    /// The common name of its subject.
    public let commonName: String?
    /// The names of hosts that it is for.
    public let dnsNames: [String]
    /// The addresses that it is for.
    public let ipAddresses: [String]
    /// The URIs that it is for: `spiffe://example.org/worker`.
    public let uris: [String]
    /// Its SHA-256, 64 hexadecimal digits.
    public let fingerprint: String
    /// Until when it is valid, in seconds since 1970.
    public let expiry: Int64

    package init(_ certificate: Certificate) {
        let names = certificate.names
        commonName = certificate.commonName
        dnsNames = names.dns
        ipAddresses = names.addresses
        uris = names.uris
        fingerprint = Fingerprint.text(certificate.fingerprint)
        expiry = certificate.notAfter
    }

    /// Its common name, or its fingerprint where it has none.
    public var description: String { commonName ?? fingerprint }
}

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
