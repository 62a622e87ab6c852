/// What makes a TLS context: which side it is, what it shows and what it trusts.
package struct TLSSetup: Sendable {
    /// Which side of a connection it is.
    package enum Role: Sendable, Hashable {
        case client, server
    }

    /// What a server wants to see of its clients.
    package enum ClientCertificates: Sendable, Hashable {
        /// Nothing.
        case none
        /// A certificate that is trusted, or none at all.
        case optional
        /// A certificate that is trusted.
        case required
    }

    /// A certificate with those that lead to its authority, and its key: both PEM.
    package struct Identity: Sendable {
        package let certificates: [UInt8]
        package let key: [UInt8]

        package init(certificates: [UInt8], key: [UInt8]) {
            self.certificates = certificates
            self.key = key
        }
    }

    package let role: Role
    package var identity: Identity?
    /// The certificates of the authorities that are trusted, PEM; nil for the system's.
    package var roots: [UInt8]?
    package var clientCertificates = ClientCertificates.none
    /// Where there are some, the peer's certificate must have one of these, SHA-256. Then a client
    /// without roots asks for nothing else.
    package var fingerprints: [[UInt8]] = []

    package init(_ role: Role) {
        self.role = role
    }
}
