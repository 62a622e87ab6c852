internal import Sockets

/// From where a peer comes, as far as limits go: a user over Unix sockets, an address over TCP.
struct PeerAddress: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// A user of this machine.
    init(user: UInt32) {
        // No address has this beginning: it is that of multicast.
        high = UInt64.max
        low = UInt64(user)
    }

    /// - Parameter host: the 4 or 16 bytes of an address. Of 16 the first 8 count, which is what
    ///   one customer has.
    init(host: [UInt8]) {
        let bytes = host.count == 16 && !Self.isMapped(host) ? host.prefix(8) : host.suffix(4)
        high = bytes.count == 4 ? 1 : 2
        low = bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Whether it is an IPv4 address in IPv6's clothes, `::ffff:1.2.3.4`.
    private static func isMapped(_ host: [UInt8]) -> Bool {
        host.prefix(10).allSatisfy { $0 == 0 } && host[10] == 0xFF && host[11] == 0xFF
    }

    /// Whose a connection is.
    init(of descriptor: borrowing Descriptor, isTCP: Bool) {
        if isTCP {
            self.init(host: descriptor.peerHost)
        } else {
            self.init(user: descriptor.peerUser ?? .max)
        }
    }
}

extension PeerAddress: CustomStringConvertible {
    /// `user 1000`, `127.0.0.1`, `2001:db8:0:0::/64`.
    var description: String {
        switch high {
        case 1:
            (0..<4).reversed().map { "\(low >> (8 * UInt64($0)) & 0xFF)" }.joined(separator: ".")
        case 2:
            (0..<4).reversed().map { String(low >> (16 * UInt64($0)) & 0xFFFF, radix: 16) }
                .joined(separator: ":") + "::/64"
        default: "user \(low)"
        }
    }
}
