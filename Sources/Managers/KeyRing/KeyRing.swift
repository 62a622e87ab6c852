public import Connections

/// The keys of a server, each of them a principal's, and what the principals may do.
///
/// A stock Python client needs nothing but its key: by the key with which it answers the challenge
/// the server knows whose it is. Two keys of one principal are good at the same time, so that a new
/// one can be given out before the old one goes.
///
/// ```swift
/// var ring = KeyRing()
/// try ring.add("worker", keys: [key], rights: .init(names: ["jobs": .write, "config": .read]))
/// let server = try ManagerServer(at: [address], keyRing: ring)
/// ```
///
/// As a file see ``init(contentsOf:)``.
public struct KeyRing: Sendable, Hashable {
    /// Somebody whom the server knows by a name.
    public struct Principal: Sendable, Hashable {
        /// The name, as the log and errors have it.
        public let name: String
        /// The keys, each as good as the others.
        public let keys: [AuthenticationKey]
        /// The common names of the TLS certificates one of which its clients must show, besides a
        /// key; none where it does not matter.
        public let certificates: [String]
        /// What it may do.
        public let rights: Rights
    }

    /// Most keys of a ring: 1024. Each newcomer's answer is compared with all of them.
    public static let keyLimit = 1024
    /// Longest name of a principal, in bytes: 64.
    public static let nameLimit = 64

    /// The principals, in the order in which they were added.
    public private(set) var principals: [Principal] = []
    private var places: [AuthenticationKey: Int] = [:]

    /// A ring that lets in nobody.
    public init() {}

    /// Adds a principal.
    ///
    /// - Parameters:
    ///   - name: letters, digits, `.`, `_` and `-`, at most ``nameLimit`` of them.
    ///   - keys: at least one; none that another principal has.
    ///   - certificates: the common names of the TLS certificates one of which its clients must
    ///     show, besides a key; none where it does not matter.
    ///   - rights: what it may do; by default nothing at all.
    /// - Throws: ``ManagerError`` with `invalidKeyRing`; then the ring is as it was.
    public mutating func add(
        _ name: String, keys: [AuthenticationKey], certificates: [String] = [],
        rights: Rights = Rights()
    ) throws(ManagerError) {
        guard Self.isName(name) else {
            throw .invalidKeyRing(
                "'\(name)' is no name: 1 to \(Self.nameLimit) letters, digits, '.', '_' and '-'")
        }
        guard !principals.contains(where: { $0.name == name }) else {
            throw .invalidKeyRing("'\(name)' is there twice")
        }
        guard !keys.isEmpty else { throw .invalidKeyRing("'\(name)' has no key") }
        guard places.count + keys.count <= Self.keyLimit else {
            throw .invalidKeyRing("more than \(Self.keyLimit) keys")
        }
        for key in keys {
            if let other = places[key] {
                throw .invalidKeyRing("'\(name)' has a key of '\(principals[other].name)'")
            }
        }
        for certificate in certificates {
            if let other = principal(certificate: certificate) {
                throw .invalidKeyRing("'\(name)' has a certificate of '\(other.name)'")
            }
        }
        for key in keys { places[key] = principals.count }
        principals.append(
            Principal(name: name, keys: keys, certificates: certificates, rights: rights))
    }

    /// Whose key it is; nil if it is in nobody's hands.
    public func principal(of key: AuthenticationKey) -> Principal? {
        places[key].map { principals[$0] }
    }

    /// Whose certificate has that name; nil if that is nobody's.
    public func principal(certificate name: String) -> Principal? {
        principals.first { $0.certificates.contains(name) }
    }

    /// All keys.
    var keys: [AuthenticationKey] { principals.flatMap(\.keys) }

    private static func isName(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= nameLimit else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

extension ManagerError {
    static func invalidKeyRing(
        _ reason: String, _ error: (any Error)? = nil
    ) -> ManagerError {
        ManagerError(.invalidKeyRing, reason, underlying: error)
    }
}
