/// Where a socket listens: TCP, a Unix path, or a name in Linux's abstract namespace.
///
///     tcp://host:port      tcp://127.0.0.1:5000   tcp://[::1]:5000   tcp://[::]:0
///     unix:///path         unix:///run/manager.sock
///     unix:@name           unix:@jobs   (bytes other than printable ASCII, and %, as %XX)
///
/// CPython writes the same addresses as `('host', port)`, `'/path'` and `'\0name'`.
public enum SocketAddress: Hashable, Sendable {
    /// A host name or a numeric address (IPv6 without brackets), and a port from 0 to 65535.  To
    /// listen on port 0 is to be given a free one.
    case tcp(host: String, port: Int)
    /// A path of at most 107 bytes.
    case unix(path: String)
    /// A name of 1 to 107 bytes that belongs to no file and disappears with its socket (Linux).
    case abstract(name: [UInt8])

    /// Longest Unix path or abstract name, in bytes.
    public static let unixNameLimit = 107

    /// Is it a TCP address?
    package var isTCP: Bool {
        if case .tcp = self { true } else { false }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// The form that `init(parsing:)` reads.
    public var description: String {
        switch self {
        case .tcp(let host, let port):
            host.contains(":") ? "tcp://[\(host)]:\(port)" : "tcp://\(host):\(port)"
        case .unix(let path): "unix://\(path)"
        case .abstract(let name): "unix:@\(Self.escaped(name))"
        }
    }

    private static func escaped(_ name: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF")
        return name.reduce(into: "") { text, byte in
            if (0x21...0x7e).contains(byte), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
