internal import Sockets
internal import Synchronization

// A connection that has been opened may go on as something else; it is itself over then.
extension Connection {
    /// Goes on as a tagged line, once the peer has agreed to that.
    ///
    /// - Parameters:
    ///   - tags: how many the peer takes.
    ///   - number: which of the client's tagged lines it is to the peer.
    ///   - onPush: told what the peer says unasked, on the loop's thread.
    ///   - onUnwanted: told at its end what the peer is to take back.
    /// - Throws: `.closed` where it has ended, or something is still under way on it.
    package func tagged(
        tags: Int, number: UInt32, onPush: @escaping TaggedLine.OnPush,
        onUnwanted: @escaping TaggedLine.OnUnwanted
    ) throws(ConnectionError) -> TaggedLine {
        let loop = channel.loop
        let line = channel.detach { wire, decoder, early in
            TaggedLine(
                wire, decoder, loop: loop, tags: tags, number: number, early: early,
                onPush: onPush, onUnwanted: onUnwanted)
        }
        guard let line else { throw .closedHere }
        try line.start()
        return line
    }

    /// Goes on as a line for threads that may be held up.
    ///
    /// - Throws: `.closed` where it has ended, or something is still under way on it; `.system`.
    package func blockingLine() throws(ConnectionError) -> BlockingLine {
        let limit = channel.setup.messageSizeLimit
        // Nothing comes unasked on such a line, so nothing has come that would be lost.
        let line = channel.detach { wire, _, _ in
            BlockingLine(wire, messageSizeLimit: limit)
        }
        guard let line else { throw .closedHere }
        try line.start()
        return line
    }
}

extension Channel {
    /// Gives the socket away, with what has come on it.
    func detach<Heir: Sendable>(
        _ heir: (consuming Wire, consuming FrameDecoder, [[UInt8]]) -> Heir
    ) -> Heir? {
        let (heir, token) = state.withLock { state -> (Heir?, UInt64) in
            guard state.machine.isQuiet, let wire = state.wire.take() else {
                return (nil, state.token)
            }
            loop.unwatch(wire.descriptor.raw)
            let heir = heir(
                wire, state.takeDecoder(), state.machine.inbox.takeMessages().map(\.bytes))
            state.machine.fail(.closedHere)
            return (heir, state.token)
        }
        if heir != nil { loop.leave(token) }
        return heir
    }
}
