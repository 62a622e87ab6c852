internal import Connections
internal import HostedObjects
internal import Logging
internal import Sockets

// What becomes of those who ask too much, and who learns of it.
extension ServerLoop {
    // MARK: Telling

    /// A limit has been reached: it is counted, and said, but not again and again.
    ///
    /// - Parameter level: how it is said. What befalls well-behaved clients too is no warning.
    mutating func limitWasReached(
        _ name: String, _ details: Logger.Metadata = [:], times: Int = 1,
        level: Logger.Level = .warning
    ) {
        metrics.limitWasReached(name, times: times)
        guard let logger, let heldBack = gate.pass(name, at: now) else { return }
        var metadata = details
        metadata["limit"] = "\(name)"
        if let setting = ServerLimits.settings.first(where: { $0.name == name }) {
            metadata["value"] = "\(setting.text(in: limits))"
        }
        if heldBack > 0 { metadata["heldBack"] = "\(heldBack)" }
        logger.log(level: level, "over the limit", metadata: metadata)
    }

    /// Limits of the store have been reached.
    mutating func tell(_ reached: ReachedLimits) {
        for limit in StoreLimit.allCases where reached[limit] > 0 {
            limitWasReached(limit.rawValue, times: reached[limit])
        }
    }

    /// Says once in a while what happens again and again.
    mutating func say(
        _ level: Logger.Level, _ text: Logger.Message, _ details: Logger.Metadata
    ) {
        guard let logger, let heldBack = gate.pass("\(text)", at: now) else { return }
        var metadata = details
        if heldBack > 0 { metadata["heldBack"] = "\(heldBack)" }
        logger.log(level: level, text, metadata: metadata)
    }

    /// A connection is closed for what its peer has sent.
    mutating func tellWhyClosing(_ connection: ServerConnection, _ error: ConnectionError) {
        if error.code == .messageTooLarge {
            let name = connection.session == nil ? "handshakeMessage" : "messageSize"
            return limitWasReached(
                name, ["peer": "\(connection.peer)", "reason": "\(error.reason)"])
        }
        say(
            .notice, "closing a connection",
            ["peer": "\(connection.peer)", "reason": "\(error.reason)"])
    }

    // MARK: Peers

    /// Whether a peer's new connection is let in; then it is counted.
    mutating func mayCome(_ peer: PeerAddress) -> Bool {
        guard connectionCount < limits.connections else {
            return refuseConnection(of: peer, "connections")
        }
        switch peers.come(peer, at: now) {
        case .welcome: return true
        case .tooManyConnections: return refuseConnection(of: peer, "connectionsPerPeer")
        case .tooManyFailures: return refuseConnection(of: peer, "failedAttempts")
        }
    }

    private mutating func refuseConnection(of peer: PeerAddress, _ limit: String) -> Bool {
        metrics.peerWasRefused()
        limitWasReached(limit, ["peer": "\(peer)"])
        return false
    }

    /// Refuses a peer that has not authenticated.
    ///
    /// - Parameter verdict: what it is told; one who has tried wrong keys often waits for it.
    mutating func refuse(_ connection: ServerConnection, _ reason: String, _ verdict: [UInt8]?) {
        say(
            .notice, "refused a peer", ["peer": "\(connection.peer)", "reason": "\(reason)"])
        metrics.peerWasRefused()
        let triedWrongKey = handshakes[connection.token]?.handshake.triedWrongKey ?? false
        if triedWrongKey, peers.failed(connection.peer, at: now) {
            limitWasReached("slowedAttempts", ["peer": "\(connection.peer)"])
            // It stays among those who authenticate, so these cannot be more than may be.
            let due = now.advanced(by: limits.attemptDelay)
            verdicts.append((due, connection.token))
            connection.isParked = true
            return
        }
        if let verdict { send(verdict, to: connection) }
        forgetHandshake(connection)
        connection.isEnding = true
    }

    /// Tells those that they are refused who had to wait for it.
    mutating func tellVerdicts() {
        while let first = verdicts.first, first.due <= now {
            verdicts.removeFirst()
            guard let connection = connection(first.token) else { continue }
            connection.isParked = false
            connection.isEnding = true
            forgetHandshake(connection)
            send(Handshake.failure, to: connection)
        }
    }

    // MARK: Silence

    mutating func scheduleIdleCheck() {
        guard limits.idleTime > .zero else { return }
        // As often as makes silence last an eighth too long at most.
        idleCheck = now.advanced(by: max(.milliseconds(1), limits.idleTime / 8))
    }

    /// Ends the connections that have said nothing for too long and wait for nothing.
    mutating func endIdleConnections() {
        guard let idleCheck, idleCheck <= now else { return }
        scheduleIdleCheck()
        let latest = now - limits.idleTime.nanosecondsRoundedUp
        for connection in connections {
            guard let connection, connection.heardAt < latest, let session = connection.session,
                !store.isWaiting(session), !connection.isServed
            else { continue }
            limitWasReached("idleTime", ["peer": "\(connection.peer)"])
            end(connection)
        }
        deliver()
    }
}

extension ServerLimits {
    /// What of this is the store's.
    func ofStore(_ release: ReleasePolicy) -> StoreLimits {
        var store = StoreLimits()
        store.objects = objects
        store.bytes = bytes
        store.objectBytes = objectBytes
        store.elements = elements
        store.queueLength = queueLength
        store.waiters = waiters
        store.leases = leases
        store.longestLease = longestLease.inSeconds
        store.replySize = replySize
        store.tags = UInt32(clamping: max(1, min(requestsInFlight, StoreLimits.mostTags)))
        store.replies = unreadReplies
        store.releaseRule = release.rule
        return store
    }
}
