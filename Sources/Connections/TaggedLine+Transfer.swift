package import Sockets
internal import Synchronization

extension TaggedLine {
    func proceed(_ next: Next) {
        switch next {
        case .nothing: break
        case .write: flush(as: .caller)
        case .flushLater: loop.flushLater(self)
        case .writeEarly: writeEarly()
        }
    }

    /// Writes all there is, on the loop.
    func flush() { flush(as: .loop) }

    /// Writes all there is. Nobody else does meanwhile: the caller is the writer, and is no more
    /// when this returns, unless the socket takes no more: then the loop goes on.
    private func flush(as role: OutgoingLine.Writer) {
        var bytes = OutgoingBytes()
        while let socket = takeOutgoing(&bytes, as: role), write(&bytes, to: socket) {}
    }

    /// Writes what the loop's tasks have asked so far. The loop stays the `writer`.
    private func writeEarly() {
        var bytes = OutgoingBytes()
        guard let socket = takeOutgoing(&bytes, as: .loop, isLast: false), write(&bytes, to: socket)
        else { return }
        state.withLock { $0.outgoing.keep(&bytes) }
    }

    /// Writes bytes.
    ///
    /// - Returns: whether all have gone, and more may.
    private func write(_ bytes: inout OutgoingBytes, to socket: SharedWire) -> Bool {
        switch bytes.write(to: socket.wire) {
        case nil:
            bytes.removeAll()
            return true
        case .failed(let number):
            writingFailed(socket, bytes.count, socket.wire.failure("send", number))
        case .bytes, .wouldBlock, .endOfFile: block(socket, &bytes)
        }
        return false
    }

    /// The socket takes nothing more. So many of the last bytes have not gone, nor has what was in
    /// line; replies that have come are still read, and then the end.
    private func writingFailed(_ socket: SharedWire, _ count: Int, _ error: ConnectionError) {
        var news = Completions()
        state.withLock { state in
            state.outgoing.end(unsent: count)
            state.writingEnd = error
            for (tag, interruption) in state.exchanges.endUnsent(after: state.outgoing.handed) {
                state.release(tag, (interruption ?? error).unsent, &news)
            }
        }
        rearm(socket)
        news.tell()
        wake()
    }

    /// Takes what is to be written: see `OutgoingLine.take`.
    private func takeOutgoing(
        _ bytes: inout OutgoingBytes, as role: OutgoingLine.Writer, isLast: Bool = true
    ) -> SharedWire? {
        state.withLock { state in
            state.outgoing.take(&bytes, as: role, isLast: isLast) ? state.socket : nil
        }
    }

    /// The socket takes no more: the loop goes on when it does.
    private func block(_ socket: SharedWire, _ rest: inout OutgoingBytes) {
        state.withLock { $0.outgoing.block(&rest) }
        rearm(socket)
    }

    /// Has the loop tell anew what the socket is ready for.
    private func rearm(_ socket: SharedWire) {
        let own = token.load(ordering: .relaxed)
        // Under the lock, for one thread may wait for room just when another has read.
        let failure = state.withLock { state -> ConnectionError? in
            guard state.end == nil else { return nil }
            var interest: Interest = [.read, .peerClosed, .once]
            if state.outgoing.isBlocked { interest.insert(.write) }
            do throws(SocketError) {
                try loop.rewatch(socket.wire.descriptor.raw, token: own, interest)
                return nil
            } catch {
                return ConnectionError(error)
            }
        }
        if let failure { end(failure) }
    }

    // MARK: On the loop

    package func becameReady(_ ready: Ready, scratch: UnsafeMutableRawBufferPointer) {
        if ready.isWritable { unblock() }
        if ready.isReadable { unsafe read(isLast: ready.peerHasClosed, scratch) }
    }

    private func unblock() {
        let socket = state.withLock { state -> SharedWire? in
            state.outgoing.unblock() ? state.socket : nil
        }
        guard let socket else { return }
        rearm(socket)
        flush()
    }

    private func read(isLast: Bool, _ scratch: UnsafeMutableRawBufferPointer) {
        guard let socket = state.withLock({ $0.socket }) else { return }
        var turns = 0
        // What a session holds comes at once: nobody tells of it again.
        reading: while turns < Self.readsPerTurn || socket.wire.holdsInput {
            turns += 1
            let onlyHeld = turns > Self.readsPerTurn
            let isLarge = unsafe decoder.missing >= FrameDecoder.leastSpace
            let transfer =
                if isLarge {
                    unsafe socket.wire.readOn(into: &decoder, onlyHeld: onlyHeld)
                } else if onlyHeld {
                    unsafe socket.wire.readHeld(into: scratch)
                } else {
                    unsafe socket.wire.read(into: scratch)
                }
            switch transfer {
            case .bytes(let count):
                let chunk = unsafe scratch.prefix(isLarge ? 0 : count)
                unsafe digest(UnsafeRawBufferPointer(rebasing: chunk))
                // What comes later is told anew; the end is not, if it is there already.
                let isAll = !isLarge && count < scratch.count && !socket.wire.holdsInput
                if isAll, !isLast, !onlyHeld { return }
            case .wouldBlock:
                if onlyHeld { break reading }
                return
            case .endOfFile:
                let isWhole = unsafe decoder.missing == 0
                return end(isWhole ? .closedByPeer : .cutOff)
            case .failed(let number): return end(socket.wire.failure("recv", number))
            }
        }
        // There may be more, of which nobody tells again.
        rearm(socket)
    }

    /// Takes whole frames.
    func receive(_ messages: [[UInt8]]) {
        for message in messages {
            unsafe message.withUnsafeBytes { message in
                var news = Arrivals()
                locked { state in
                    unsafe state.take(message, nil, loop, &news)
                    state.takeTurns(&news)
                }
                finish(news)
            }
        }
    }

    private func digest(_ chunk: UnsafeRawBufferPointer) {
        var news = Arrivals()
        var failure: ConnectionError?
        locked { state in
            do throws(ConnectionError) {
                try unsafe decoder.feed(
                    chunk,
                    keeping: { frame, whole in
                        unsafe state.take(frame, whole, loop, &news)
                        return true
                    })
            } catch {
                failure = error
            }
            state.takeTurns(&news)
        }
        finish(news)
        if let failure { end(failure) }
    }

    /// Does something under the lock.
    private func locked(_ body: (inout State) -> Void) {
        state.withLock { body(&$0) }
    }

    private func finish(_ news: consuming Arrivals) {
        if news.isUntagged { end(.untagged) }
        proceed(news.next)
        news.completions.tell()
        for message in news.pushed { onPush(self, message) }
        // The turn of one that was cancelled is the next one's.
        for turn in news.turns where !turn.complete(.success(())) { wake() }
    }

    /// What a chunk of replies leaves to be done outside of the lock.
    struct Arrivals: ~Copyable {
        var completions = Completions()
        /// Who writes what was put in line.
        var next = Next.nothing
        /// What the server said unasked.
        var pushed: [[UInt8]] = []
        /// How many tags have become free.
        var freed = 0
        /// Who may try for one again.
        var turns: [Turn] = []
        /// Whether the peer has broken the protocol.
        var isUntagged = false
    }
}

extension TaggedLine.State {
    /// Who writes so many requests and orders that have just been put in line.
    mutating func whoWrites(_ loop: IOLoop, _ count: Int = 1) -> TaggedLine.Next {
        outgoing.whoWrites(count, of: exchanges.count, onLoop: loop.isCurrent)
    }

    /// Takes a reply.
    mutating func take(
        _ frame: UnsafeRawBufferPointer, _ whole: WholeFrame?, _ loop: IOLoop,
        _ news: inout TaggedLine.Arrivals
    ) {
        guard frame.count >= TaggedFrame.replyHeader else {
            news.isUntagged = true
            return
        }
        let tag = unsafe UInt32(bigEndian: frame.loadUnaligned(as: UInt32.self))
        let pickle = unsafe UnsafeRawBufferPointer(rebasing: frame[TaggedFrame.replyHeader...])
        guard tag != TaggedFrame.push else {
            unsafe news.pushed.append(Array(pickle))
            return
        }
        let isCancelled = unsafe TaggedFrame.isCancelled(pickle)
        switch exchanges.received(tag, isCancelled: isCancelled, at: outgoing.place) {
        case .reply: unsafe takeCaller(tag)?.receive(frame, whole, &news.completions)
        case .cancelled(let error): release(tag, error, &news.completions)
        case .unwanted:
            // Before the tag is used again.
            news.next.join(put(.undo, tag, loop))
        case .unasked: news.isUntagged = true
        }
        news.freed += 1
    }

    /// Takes those who may go on, for replies have come.
    mutating func takeTurns(_ news: inout TaggedLine.Arrivals) {
        while news.freed > 0, let turn = nextTurn() {
            news.turns.append(turn)
            news.freed -= 1
        }
        // Those whose turn it is wake them, or what they ask does.
        if news.turns.isEmpty { news.turns = takeDrainers() }
    }
}
