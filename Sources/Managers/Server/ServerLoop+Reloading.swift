internal import Connections
internal import HostedObjects
internal import Logging
internal import Sockets

// What a running server reads anew, or is given, and its signals.
extension ServerLoop {
    mutating func take(_ signal: SignalPipe.Signal) {
        guard signal != .hangUp else {
            reload?.run(logger)
            return
        }
        logger?.info("stopping", metadata: ["signal": "\(signal)"])
        stopper.stop()
    }

    /// From now on the keys of the next ring are good, and their principals have its rights.
    /// Connections end whose key their principal has no more.
    mutating func takeNextKeyRing() {
        guard let ring = nextKeyRing.take() else { return }
        guard keys.ring != nil else {
            logger?.error("a server with one key gets no ring")
            return
        }
        keys.replace(by: ring, &store, at: instant)
        var ended = 0
        for connection in connections {
            guard let connection, let holder = connection.holder, !keys.isGood(holder) else {
                continue
            }
            ended += 1
            end(connection)
        }
        deliver()
        logger?.notice(
            "the key ring has been replaced",
            metadata: ["principals": "\(ring.principals.count)", "ended": "\(ended)"])
    }

    /// Whether a key by which a peer has authenticated just now is good still: the ring may have
    /// been replaced meanwhile.
    func isStillGood(_ key: AuthenticationKey) -> Bool {
        keys.ring == nil || keys.holder(of: key) != nil
    }
}
