internal import Sockets
internal import Synchronization

/// How a connection travels: its socket as luggage, and what it must know there.
///
/// ```text
/// [place (int), direction (int), isTCP (bool), messageSizeLimit (int)]
/// ```
///
/// The socket is duplicated, so it stays usable on both sides, as CPython's.  What one of them
/// reads the other does not get.
extension Connection: Codable {
    /// Sends it to a child process, or through a connection of this host.
    ///
    /// - Throws: `EncodingError` where nothing can travel, it is closed, or messages lie in it:
    ///   received and not taken, or sent and not gone.
    public func encode(to encoder: any Encoder) throws {
        let luggage = try Luggage.of(encoder)
        let socket: SharedDescriptor
        do throws(ConnectionError) {
            socket = try channel.copyOfSocket()
        } catch {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: error.reason))
        }
        var container = encoder.unkeyedContainer()
        try container.encode(try luggage.add(socket, for: encoder))
        try container.encode(channel.setup.direction.rawValue)
        try container.encode(channel.setup.isTCP)
        try container.encode(channel.setup.messageSizeLimit)
    }

    /// Takes over what another process of this host has sent.
    ///
    /// - Throws: `DecodingError` where it is no connection, or this process has no descriptor left.
    public convenience init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        let socket = try Luggage.of(decoder)
            .descriptor(at: container.decode(Int.self), for: decoder)
        var setup = Channel.Setup.ofPipe()
        guard let direction = Direction(rawValue: try container.decode(Int.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a connection goes in none of three directions")
        }
        setup.direction = direction
        setup.isTCP = try container.decode(Bool.self)
        setup.carriesLuggage = !setup.isTCP
        setup.messageSizeLimit = max(0, try container.decode(Int.self))
        do {
            self.init(try socket.descriptor.duplicate(), setup, try IOLoop.shared())
        } catch {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath, debugDescription: "no connection can be had",
                    underlyingError: error))
        }
    }
}

extension Channel {
    /// A second descriptor of the socket, while nothing is under way that would be lost to it.
    fileprivate func copyOfSocket() throws(ConnectionError) -> SharedDescriptor {
        try state.withLock { state throws(ConnectionError) in
            guard state.machine.phase == .open, let raw = state.wire?.descriptor.raw else {
                throw .closedHere
            }
            guard setup.tls == nil else { throw .securedConnectionStays }
            guard state.isEmpty else { throw .inUse }
            do throws(SocketError) {
                return SharedDescriptor(try Descriptor.duplicate(raw))
            } catch {
                throw ConnectionError(error)
            }
        }
    }
}

extension Channel.State {
    /// Whether no message lies in it, nor a part of one.
    fileprivate var isEmpty: Bool {
        !machine.inbox.hasMessages && machine.outbox.isEmpty && decoder.isEmpty
    }
}
