extension SocketAddress {
    /// Reads the forms shown at `SocketAddress`.
    ///
    /// - Throws: `SocketError.Code.invalidAddress`, saying what is wrong and what would be right.
    public init(parsing text: String) throws(SocketError) {
        if text.hasPrefix("tcp://") {
            self = try Self.tcp(text, rest: text.dropFirst(6))
        } else if text.hasPrefix("unix:@") {
            self = try Self.abstract(text, rest: text.dropFirst(6))
        } else if text.hasPrefix("unix://") {
            let path = String(text.dropFirst(7))
            guard path.hasPrefix("/") else {
                throw .invalidAddress(text, "has no absolute path: write unix:///path")
            }
            guard path.utf8.count <= Self.unixNameLimit else {
                throw .invalidAddress(text, "has a path of more than \(Self.unixNameLimit) bytes")
            }
            guard !path.utf8.contains(0) else {
                throw .invalidAddress(text, "has a zero byte in its path")
            }
            self = .unix(path: path)
        } else {
            throw .invalidAddress(
                text, "is none of tcp://host:port, unix:///path and unix:@name")
        }
    }

    private static func tcp(
        _ text: String, rest: Substring
    ) throws(SocketError) -> SocketAddress {
        guard let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") else {
            throw .invalidAddress(text, "has no port: write tcp://host:port")
        }
        var host = rest[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), host.contains(":") else {
                throw .invalidAddress(text, "has no IPv6 address between its brackets")
            }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw .invalidAddress(text, "needs brackets round its IPv6 address: tcp://[::1]:5000")
        }
        guard !host.isEmpty else {
            throw .invalidAddress(text, "has no host: write tcp://0.0.0.0:port for all of IPv4")
        }
        guard !host.contains(where: { "[]/@?# \0".contains($0) }) else {
            throw .invalidAddress(text, "has a host that is no name and no number")
        }
        let digits = rest[rest.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits)
        else {
            throw .invalidAddress(text, "has a port that is not a number from 0 to 65535")
        }
        return .tcp(host: String(host), port: Int(port))
    }

    private static func abstract(
        _ text: String, rest: Substring
    ) throws(SocketError) -> SocketAddress {
        var name: [UInt8] = []
        var bytes = rest.utf8.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                name.append(byte)
                continue
            }
            guard let high = bytes.next().flatMap(hexadecimal),
                let low = bytes.next().flatMap(hexadecimal)
            else { throw .invalidAddress(text, "has a % without two hexadecimal digits") }
            name.append(high << 4 | low)
        }
        let limit = Self.unixNameLimit
        guard (1...limit).contains(name.count) else {
            throw .invalidAddress(text, "has a name that is not of 1 to \(limit) bytes")
        }
        return .abstract(name: name)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
