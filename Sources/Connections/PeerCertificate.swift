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
