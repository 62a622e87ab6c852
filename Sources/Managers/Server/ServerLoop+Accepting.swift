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
            limitWasReached("descriptors", ["reason": "\(error.reason)"])
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
        let isTCP = listener.socket.address.isTCP
        let peer = PeerAddress(of: descriptor, isTCP: isTCP)
        let tls = listener.usesTLS ? certificates?.link() : nil
        guard !listener.usesTLS || tls != nil else { return }
        // A ring without keys lets in nobody.
        guard !keys.keys.isEmpty, let challenge = try? randomBytes(Handshake.challengeLength),
            mayCome(peer)
        else { return }
        if handshakes.count >= limits.pendingHandshakes { dropOldestHandshake() }
        let place = freePlaces.popLast() ?? connections.count
        if place == connections.count { connections.append(nil) }
        serial = (serial + 1) & 0x7FFF_FFFF
        let token = UInt64(serial) << 32 | UInt64(place)
        let connection = ServerConnection(
            Wire(descriptor, tls: tls), isTCP: isTCP, peer: peer, token: token)
        connection.heardAt = now
        do throws(SocketError) {
            try polling.poller.add(
                connection.wire.descriptor.raw, token: token, interest: connection.interest)
        } catch {
            freePlaces.append(place)
            peers.go(peer)
            throw error
        }
        connections[place] = connection
        connectionCount += 1
        metrics.connectionCame()
        var handshake = Handshake(
            listenerWith: keys.keys, challenge: challenge, allowsLegacy: keys.allowsMD5)
        let first = handshake.start()
        let deadline = now.advanced(by: limits.handshakeTimeout)
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
            refuse(connection, reason, body)
        }
        return false
    }

    private mutating func admit(_ connection: ServerConnection) {
        guard let key = handshakes[connection.token]?.handshake.key, isStillGood(key) else {
            return refuse(connection, "its key is none any more", nil)
        }
        connection.holder = keys.holder(of: key)
        connection.certificate = connection.wire.peerCertificate
        if let reason = connection.holder?.refusal(of: connection.certificate) {
            return refuse(connection, reason, nil)
        }
        forgetHandshake(connection)
        let session = open(connection)
        connection.session = session
        while places.count <= session.place { places.append(-1) }
        places[session.place] = connection.place
    }

    mutating func forgetHandshake(_ connection: ServerConnection) {
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
        limitWasReached("pendingHandshakes")
        drop(oldest.token)
    }

    mutating func expireHandshakes() {
        while let first = handshakeDeadlines.first, first.deadline <= now {
            handshakeDeadlines.removeFirst()
            if handshakes[first.token] != nil {
                limitWasReached("handshakeTimeout")
                drop(first.token)
            }
        }
    }

    private mutating func drop(_ token: UInt64) {
        metrics.peerWasRefused()
        if let connection = connection(token) { end(connection) }
    }

    /// Ends a connection: what it gave away unread goes back, what it waited for is forgotten.
    mutating func end(_ connection: ServerConnection) {
        guard isOpen(connection) else { return }
        let place = connection.place
        polling.poller.remove(connection.wire.descriptor.raw)
        connection.wire.bidFarewell()
        connections[place] = nil
        freePlaces.append(place)
        connectionCount -= 1
        unsentBytes -= connection.unsentCount
        peers.go(connection.peer)
        forgetHandshake(connection)
        guard let session = connection.session else { return }
        store.disconnect(session, undoing: connection.unsent.lost, at: instant)
        places[session.place] = -1
    }
}
