/// Where a server is, and whether TLS is spoken there.
///
///     tls://host:port       tls://db.example.org:5000
///     tls+unix:///path      tls+unix:///run/manager.sock
///     tls+unix:@name
///
/// and the forms of ``SocketAddress``, where no TLS is spoken.
public struct Endpoint: Hashable, Sendable {
    /// Where the socket is.
    public var address: SocketAddress
    /// Whether TLS is spoken there.
    public var usesTLS: Bool

    /// An endpoint at an address.
    public init(_ address: SocketAddress, usesTLS: Bool = false) {
        self.address = address
        self.usesTLS = usesTLS
    }

    /// Reads the forms shown at `Endpoint`.
    ///
    /// - Throws: `SocketError.Code.invalidAddress`, saying what is wrong and what would be right.
    public init(parsing text: String) throws(SocketError) {
        let bare: String? =
            if text.hasPrefix("tls://") {
                "tcp" + text.dropFirst(3)
            } else if text.hasPrefix("tls+unix:") {
                String(text.dropFirst(4))
            } else {
                nil
            }
        self.init(try SocketAddress(parsing: bare ?? text), usesTLS: bare != nil)
    }
}

extension Endpoint: CustomStringConvertible {
    /// The form that `init(parsing:)` reads.
    public var description: String {
        guard usesTLS else { return "\(address)" }
        return address.isTCP ? "tls" + "\(address)".dropFirst(3) : "tls+\(address)"
    }
}
