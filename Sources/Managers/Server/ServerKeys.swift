package import Connections
internal import HostedObjects

/// Whom a server lets in: who has its one key, or those of a ring.
package struct ServerKeys: Sendable {
    /// All keys that are good.
    private(set) var keys: [AuthenticationKey]
    /// Whose they are; nil where there is one key, with which one may do everything.
    private(set) var ring: KeyRing?
    /// The file from which the ring is read again.
    let path: String?
    /// Whether MD5, and with it CPython up to 3.11, is good enough.
    let allowsMD5: Bool
    /// Whose each key is, as the store knows them.
    private var holders: [AuthenticationKey: KeyHolder] = [:]

    /// One key.
    package init(_ key: AuthenticationKey, allowsMD5: Bool = true) {
        keys = [key]
        path = nil
        self.allowsMD5 = allowsMD5
    }

    /// - Parameter path: the file from which the ring was read, and is read again when the server
    ///   is asked to.
    package init(_ ring: KeyRing, from path: String? = nil, allowsMD5: Bool = true) {
        keys = ring.keys
        self.ring = ring
        self.path = path
        self.allowsMD5 = allowsMD5
    }

    /// Makes the principals known to a store.
    mutating func grant(to store: inout ObjectStore, at now: Instant) {
        holders = [:]
        for principal in ring?.principals ?? [] {
            let id = store.grant(principal.rights.ofStore, to: principal.name, at: now)
            for key in principal.keys {
                holders[key] = KeyHolder(
                    name: principal.name, id: id, key: key, certificates: principal.certificates)
            }
        }
    }

    /// Takes another ring instead of the one there is.
    mutating func replace(by ring: KeyRing, _ store: inout ObjectStore, at now: Instant) {
        self.ring = ring
        keys = ring.keys
        grant(to: &store, at: now)
    }

    /// Whether a key is good still, in the same hands, and with the same certificates.
    func isGood(_ holder: KeyHolder) -> Bool {
        guard let now = holders[holder.key] else { return false }
        return now.name == holder.name && now.certificates == holder.certificates
    }

    /// Whose a key is; nil where the server has but one, or this is none of the ring's any more.
    func holder(of key: AuthenticationKey) -> KeyHolder? { holders[key] }
}

/// Whose the connections are that one key has opened.
final class KeyHolder: Sendable {
    let name: String
    let id: PrincipalID
    let key: AuthenticationKey
    /// The common names of the certificates one of which its clients must show; none for whatever.
    let certificates: [String]

    init(name: String, id: PrincipalID, key: AuthenticationKey, certificates: [String]) {
        self.name = name
        self.id = id
        self.key = key
        self.certificates = certificates
    }

    /// Why a peer with the key, and this certificate, is not let in; nil if it is.
    func refusal(of certificate: PeerCertificate?) -> String? {
        guard !certificates.isEmpty else { return nil }
        let name = certificate?.commonName
        if let name, certificates.contains(name) { return nil }
        let shown = name.map { "the certificate of '\($0)'" } ?? "no certificate"
        return "\(self.name) must not come with \(shown)"
    }
}
