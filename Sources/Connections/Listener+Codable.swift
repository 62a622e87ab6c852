internal import Sockets

/// How a listener travels: its socket as luggage, with the terms on which it accepts.
extension Listener: Codable {
    private enum Key: String, CodingKey {
        case socket, address, authkey, messageSizeLimit, handshakeTimeout, pendingHandshakeLimit
        case allowsLegacy
    }

    /// Sends it to a child process, or through a connection of this host; the key goes with it.
    ///
    /// Both then accept, each whoever it is the first to see.  A socket's file belongs to the one
    /// that was made here, and goes with it.
    ///
    /// - Throws: `EncodingError` where nothing can travel, or it is closed, or has TLS.
    public func encode(to encoder: any Encoder) throws {
        let luggage = try Luggage.of(encoder)
        guard acceptor.terms.tls == nil else {
            throw EncodingError.invalidValue(
                self,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "a listener with TLS cannot travel: its key stays here"))
        }
        let socket: SharedDescriptor
        do throws(ConnectionError) {
            socket = try acceptor.copyOfSocket()
        } catch {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: error.reason))
        }
        let terms = acceptor.terms
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(try luggage.add(socket, for: encoder), forKey: .socket)
        try container.encode("\(address)", forKey: .address)
        try container.encode(terms.authkey?.bytes, forKey: .authkey)
        try container.encode(terms.messageSizeLimit, forKey: .messageSizeLimit)
        try container.encode(
            terms.handshakeTimeout.nanosecondsRoundedUp, forKey: .handshakeTimeout)
        try container.encode(terms.pendingHandshakeLimit, forKey: .pendingHandshakeLimit)
        try container.encode(terms.allowsLegacy, forKey: .allowsLegacy)
    }

    /// Takes over what another process of this host has sent.
    ///
    /// - Throws: `DecodingError` where it is no listener; `ConnectionError`, `SocketError` where
    ///   this process has no descriptor left.
    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let place = try container.decode(Int.self, forKey: .socket)
        let socket = try Luggage.of(decoder).descriptor(at: place, for: decoder)
        let address = try SocketAddress(
            parsing: container.decode(String.self, forKey: .address))
        let key = try container.decode([UInt8]?.self, forKey: .authkey)
        let terms = Acceptor.Terms(
            authkey: try key.map { try AuthenticationKey($0) },
            messageSizeLimit: max(0, try container.decode(Int.self, forKey: .messageSizeLimit)),
            handshakeTimeout: .nanoseconds(
                try container.decode(Int64.self, forKey: .handshakeTimeout)),
            pendingHandshakeLimit: max(
                1, try container.decode(Int.self, forKey: .pendingHandshakeLimit)),
            allowsLegacy: try container.decode(Bool.self, forKey: .allowsLegacy))
        try self.init(
            ListeningSocket(adopting: socket.descriptor.duplicate(), at: address), terms)
    }
}
