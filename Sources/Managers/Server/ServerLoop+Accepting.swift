internal import Connections
internal import HostedObjects
internal import Logging
internal import OpenSSL
internal import Sockets

// Connections come, authenticate and go.
extension ServerLoop {
    /// How many connections one turn accepts at most, so that the others get their turn.
    private static let acceptBatch = 64
    /// How long nothing is accepted when there is no descriptor left, in nanoseconds.
    private static let acceptPauseLength: Int64 = 100_000_000

    mutating func accept(from place: Int) {
        guard let listener = listeners[place] else { return }
        do throws(SocketError) {
            for _ in 0..<Self.acceptBatch {
                guard let descriptor = try listener.socket.accept() else { return }
                try welcome(descriptor, from: listener)
            }
        } catch {
            // The connection stays in the backlog and the socket readable: look away for a moment.
            logger?.warning("cannot accept", metadata: ["reason": "\(error.reason)"])
            pauseAccepting()
        }
    }

    private mutating func pauseAccepting() {
        acceptPause = now + Self.acceptPauseLength
        for listener in listeners {
            if let listener { polling.poller.remove(listener.socket.descriptor.raw) }
        }
    }

    mutating func endAcceptPause() {
        guard let end = acceptPause, end <= now else { return }
        acceptPause = nil
        for (place, listener) in listeners.enumerated() {
            guard let listener else { continue }
            try? polling.poller.add(
                listener.socket.descriptor.raw, token: Self.firstListenerToken + UInt64(place),
                interest: .read)
        }
    }

    /// Challenges a new peer.
    private mutating func welcome(
        _ descriptor: consuming Descriptor, from listener: Listener
    ) throws(SocketError) {
        guard connectionCount < limits.connections else {
            logger?.warning("over the limit: \(limits.connections) connections")
            metrics.peerWasRefused()
            return
        }
        guard let challenge = try? randomBytes(Handshake.challengeLength) else { return }
        let tls = listener.usesTLS ? certificates?.link() : nil
        guard !listener.usesTLS || tls != nil else { return }
        if handshakes.count >= limits.pendingHandshakes { dropOldestHandshake() }
        let place = freePlaces.popLast() ?? connections.count
        if place == connections.count { connections.append(nil) }
        serial = (serial + 1) & 0x7FFF_FFFF
        let token = UInt64(serial) << 32 | UInt64(place)
        let connection = ServerConnection(
            Wire(descriptor, tls: tls), isTCP: listener.socket.address.isTCP, token: token)
        do throws(SocketError) {
            try polling.poller.add(
                connection.wire.descriptor.raw, token: token, interest: connection.interest)
        } catch {
            freePlaces.append(place)
            throw error
        }
        connections[place] = connection
        connectionCount += 1
        metrics.connectionCame()
        var handshake = Handshake(role: .listener, key: authkey, challenge: challenge)
        let first = handshake.start()
        let deadline = now + limits.handshakeTimeout.nanosecondsRoundedUp
        handshakes[token] = PendingHandshake(handshake: handshake, deadline: deadline)
        handshakeDeadlines.append((deadline, token))
        if case .send(let body) = first { send(body, to: connection) }
    }

    /// Takes a frame of a peer that has not authenticated; false when no more is to be read yet.
    mutating func authenticate(_ connection: ServerConnection, _ frame: UnsafeRawBufferPointer)
        -> Bool
    {
        guard let action = unsafe handshakes[connection.token]?.handshake.received(frame) else {
            connection.isEnding = true
            return false
        }
        switch action {
        case .send(let body):
            send(body, to: connection)
            return true
        case .sendThenDone(let body):
            send(body, to: connection)
            admit(connection)
        case .done:
            admit(connection)
        case .fail(let reason, let body):
            logger?.notice("refused a peer", metadata: ["reason": "\(reason)"])
            metrics.peerWasRefused()
            if let body { send(body, to: connection) }
            forgetHandshake(connection)
            connection.isEnding = true
        }
        return false
    }

    private mutating func admit(_ connection: ServerConnection) {
        forgetHandshake(connection)
        connection.certificate = connection.wire.peerCertificate
        let session = open(connection)
        connection.session = session
        while places.count <= session.place { places.append(-1) }
        places[session.place] = Int(connection.token & 0xFFFF_FFFF)
    }

    private mutating func forgetHandshake(_ connection: ServerConnection) {
        handshakes[connection.token] = nil
        // Ended handshakes leave their deadlines; those at the front go when they may.
        while let first = handshakeDeadlines.first, handshakes[first.token] == nil {
            handshakeDeadlines.removeFirst()
        }
        if handshakeDeadlines.count > 2 * handshakes.count + 64 {
            handshakeDeadlines.removeAll { handshakes[$0.token] == nil }
        }
    }

    private mutating func dropOldestHandshake() {
        guard let oldest = handshakeDeadlines.first(where: { handshakes[$0.token] != nil }) else {
            return
        }
        drop(oldest.token, "too many peers are authenticating")
    }

    mutating func expireHandshakes() {
        while let first = handshakeDeadlines.first, first.deadline <= now {
            handshakeDeadlines.removeFirst()
            if handshakes[first.token] != nil { drop(first.token, "took too long to authenticate") }
        }
    }

    private mutating func drop(_ token: UInt64, _ reason: String) {
        logger?.notice("dropped a peer", metadata: ["reason": "\(reason)"])
        metrics.peerWasRefused()
        let place = Int(token & 0xFFFF_FFFF)
        guard let connection = connections[place], connection.token == token else { return }
        end(connection)
    }

    /// Ends a connection: what it gave away unread goes back, what it waited for is forgotten.
    mutating func end(_ connection: ServerConnection) {
        let place = Int(connection.token & 0xFFFF_FFFF)
        guard connections[place] === connection else { return }
        polling.poller.remove(connection.wire.descriptor.raw)
        connection.wire.bidFarewell()
        connections[place] = nil
        freePlaces.append(place)
        connectionCount -= 1
        forgetHandshake(connection)
        guard let session = connection.session else { return }
        let lost = connection.unsent.lost
        if !lost.isEmpty { store.undo(lost, at: instant) }
        store.disconnect(session, at: instant)
        places[session.place] = -1
    }
}
