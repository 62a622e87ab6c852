internal import Connections
internal import HostedObjects
internal import Logging
internal import Sockets

// Requests come in, replies go out.
extension ServerLoop {
    /// Reads a connection once, and answers every request that is complete.
    ///
    /// - Parameter isLast: whether the peer has finished writing, so that behind what is read now
    ///   the end stands.
    mutating func read(_ connection: ServerConnection, isLast: Bool) {
        if connection.isParked || connection.isEnding || isOverfull(connection) {
            // Readable, but not now: the poller says so again when it is told of a new interest.
            setInterest(connection)
            return
        }
        if connection.isYielding {
            // Read when it has its turn again.
            leavesSome(connection)
            return
        }
        writtenTo = nil
        let received: Transfer
        if connection.decoder.missing > FrameDecoder.leastSpace {
            received = readLarge(connection)
        } else {
            received = unsafe connection.wire.read(into: readBuffer.bytes)
        }
        switch received {
        case .bytes(let count):
            connection.heardAt = now
            // A read that did not fill its room has left nothing, but perhaps the end. (Urgent
            // bytes and descriptors cut a read short; who sends those waits till it sends more.)
            if isLast || count == ReadBuffer.size || connection.wire.holdsInput {
                leavesSome(connection)
            }
            let chunk = unsafe UnsafeRawBufferPointer(
                start: readBuffer.bytes.baseAddress, count: count)
            unsafe process(connection, chunk)
        case .wouldBlock: return advance(connection)
        case .endOfFile:
            if connection.unsentCount > 0 {
                connection.isEnding = true
                setInterest(connection)
            } else {
                end(connection)
            }
        case .failed(let number): lose(connection, number)
        }
        deliver()
        // A reply carries the acknowledgement of what was read. Where there is none, the client may
        // wait for that before it sends the rest, as CPython's does: not for 40 ms, then.
        if connection.isTCP, writtenTo != connection.token {
            connection.wire.descriptor.acknowledgeQuickly()
        }
        if !connection.isWatched { setInterest(connection) }
    }

    /// Reads straight into a large frame that is incomplete.
    private mutating func readLarge(_ connection: ServerConnection) -> Transfer {
        var received = Transfer.wouldBlock
        unsafe connection.decoder.withSpace { room in
            let (transfer, isDrained) = unsafe connection.wire.readOn(into: room)
            received = transfer
            guard case .bytes(let count) = received else { return 0 }
            if !isDrained { leavesSome(connection) }
            return count
        }
        guard case .bytes = received else { return received }
        heard(connection)
        return .bytes(0)
    }

    /// A read may have left something.
    private func leavesSome(_ connection: ServerConnection) {
        connection.isWatched = false
        if drainDeadline != nil { connection.isOwedRead = true }
    }

    private mutating func process(_ connection: ServerConnection, _ chunk: UnsafeRawBufferPointer) {
        untilLook = connection.isSlow ? 1 : Self.requestsBetweenLooks
        do throws(ConnectionError) {
            var goesOn = try unsafe connection.decoder.feed(
                chunk,
                keeping: { frame, whole in
                    unsafe take(frame, whole, from: connection)
                })
            flush(connection)
            while !goesOn, mayTakeMore(connection) {
                goesOn = try unsafe connection.decoder.resume(keeping: { frame, whole in
                    unsafe take(frame, whole, from: connection)
                })
                flush(connection)
            }
        } catch {
            tellWhyClosing(connection, error)
            connection.isEnding = true
            flush(connection)
        }
    }

    /// Whether a connection that stopped may go on at once: it has just authenticated, so longer
    /// frames may come now, or its replies have been written.
    private mutating func mayTakeMore(_ connection: ServerConnection) -> Bool {
        guard connection.session != nil, !connection.isParked, !connection.isEnding,
            !connection.isYielding
        else { return false }
        connection.decoder.limit = limits.messageSize
        connection.isStalled = isOverfull(connection)
        if connection.isStalled {
            let isOwn = connection.unsentCount >= limits.unreadReplies
            limitWasReached(
                isOwn ? "unreadReplies" : "unreadRepliesInAll",
                ["peer": "\(connection.peer)"], level: .debug)
        }
        return !connection.isStalled
    }

    /// Takes one frame; false when no more is to be taken yet.
    @inline(__always)
    private mutating func take(
        _ frame: UnsafeRawBufferPointer, _ whole: WholeFrame?,
        from connection: ServerConnection
    ) -> Bool {
        guard let session = connection.session else {
            return unsafe authenticate(connection, frame)
        }
        metrics.requestCame()
        if connection.unsentCount > 0, let tag = unsafe ObjectStore.undoneTag(in: frame),
            connection.unsent.gives(tag)
        {
            // Under TLS a read may have sent the rest; that is told by the next write.
            if connection.wire.isSecured { flush(connection) }
            guard isOpen(connection), !connection.unsent.gives(tag) else {
                connection.isEnding = true
                return false
            }
        }
        let reception =
            if let whole {
                unsafe store.receive(frame, keeping: whole.body, from: session, at: instant)
            } else {
                unsafe store.receive(frame, from: session, at: instant)
            }
        switch reception {
        case .replied:
            untilLook -= 1
            return untilLook > 0 || hasTime(connection)
        case .repliedEnough: return false
        case .parked:
            connection.isParked = true
        case .finished, .hangUp:
            connection.isEnding = true
        case .shutdown:
            connection.isEnding = true
            logger?.info("stopping", metadata: ["reason": "a client's shutdown"])
            stopper.stop()
        }
        return false
    }

    /// Hands out the replies to calls that had waited, and goes on with what their callers sent
    /// since.
    @inline(__always)
    mutating func deliver() {
        if store.hasDeliveries || !resumed.isEmpty { deliverAll() }
    }

    private mutating func deliverAll() {
        while store.hasDeliveries || !resumed.isEmpty {
            for delivery in store.takeDeliveries() { hand(delivery) }
            while let connection = owed.popLast() {
                // One that has ended since has given back what it was owed.
                if isOpen(connection) { flush(connection) }
            }
            // What ended connections gave back first: nobody is heard before.
            guard !store.hasDeliveries, let connection = resumed.popLast() else { continue }
            resume(connection)
        }
    }

    /// Goes on with the requests that a connection has sent already, if it may.
    mutating func resume(_ connection: ServerConnection) {
        guard !connection.isParked, !connection.isEnding else { return }
        if isOverfull(connection) {
            connection.isStalled = true
        } else {
            unsafe process(connection, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        setInterest(connection)
    }

    /// Answers the calls of registered types that have ended, starts those that were asked for in
    /// this turn, and cancels those whose callers are gone.
    mutating func serve(_ calls: ForeignCalls) {
        for (ticket, outcome) in calls.takeOutcomes() {
            store.complete(ticket, outcome, at: instant)
        }
        deliver()
        for order in store.takeOrders() { calls.carryOut(order) }
    }

    /// The connection of a session, nil if it has ended.
    func connection(of session: SessionID) -> ServerConnection? {
        let place = places[session.place]
        return place >= 0 ? connections[place] : nil
    }

    private mutating func hand(_ delivery: Delivery) {
        guard let connection = connection(of: delivery.session) else {
            // It ended after its call was granted, in this same turn.
            if let receipt = delivery.receipt { store.undo([receipt], at: instant) }
            return
        }
        if delivery.sequel == .breaks {
            connection.isEnding = true
            return end(connection)
        }
        // Who does not read what it has asked for is given no more of it.
        if let limit = limitOfGiving(to: connection) {
            limitWasReached(limit, ["peer": "\(connection.peer)"])
            if let receipt = delivery.receipt { connection.unsent.note(receipt, end: .max) }
            return end(connection)
        }
        unsentBytes += delivery.frame.count
        connection.unsent.append(delivery.frame)
        if let receipt = delivery.receipt {
            connection.unsent.note(receipt, end: connection.unsent.total)
        }
        if delivery.sequel == .goesOn {
            // More may come for it in this turn, and all goes in one write.
            if owed.last !== connection { owed.append(connection) }
            return
        }
        connection.isParked = false
        if delivery.sequel == .ends { connection.isEnding = true }
        resumed.append(connection)
        flush(connection)
    }

    /// The limit that a client has reached that is brought more than it reads; nil for none.
    private func limitOfGiving(to connection: ServerConnection) -> String? {
        if connection.unsentCount >= limits.bufferedReplies { return "bufferedReplies" }
        let isBehind = connection.unsentCount >= limits.unreadReplies
        return isBehind && areOverfull ? "unreadRepliesInAll" : nil
    }

    // MARK: Writing

    /// Sends one message of the handshake.
    mutating func send(_ body: [UInt8], to connection: ServerConnection) {
        let frame = frameHeader(body.count) + body
        if isOpen(connection) { unsentBytes += frame.count }
        connection.unsent.append(frame)
        flush(connection)
    }

    /// Writes what there is: first what is unsent, then the store's replies, which are this
    /// connection's. Ends the connection if it was to end, or is dead.
    mutating func flush(_ connection: ServerConnection) {
        if connection.unsentCount == 0, store.repliesCount > 0 {
            writeReplies(to: connection)
        } else {
            if store.repliesCount > 0 { keepReplies(of: connection, from: 0) }
            if connection.unsentCount > 0 { writeUnsent(of: connection) }
        }
        if connection.unsentCount == 0, connection.isEnding { end(connection) }
    }

    /// Writes the store's replies straight from where they stand.
    private mutating func writeReplies(to connection: ServerConnection) {
        let total = store.repliesCount
        let result = write(to: connection)
        if case .bytes = result { writtenTo = connection.token }
        switch result {
        case .bytes(total): store.clearReplies()
        case .bytes(let count):
            keepReplies(of: connection, from: count)
            connection.isWatched = false
            if connection.makeRoom() { return writeUnsent(of: connection) }
        case .wouldBlock: keepReplies(of: connection, from: 0)
        case .failed, .endOfFile:
            keepReplies(of: connection, from: 0)
            connection.isEnding = true
            end(connection)
            return
        }
        if connection.unsentCount > 0 { setInterest(connection) }
    }

    @inline(__always)
    private mutating func write(to connection: ServerConnection) -> Transfer {
        guard store.repliesHaveInset else {
            return unsafe store.withReplies { unsafe connection.wire.write($0) }
        }
        return unsafe store.withReplyParts { head, inset, tail in
            unsafe (inset ?? []).withUnsafeBytes { inset in
                unsafe connection.wire.write(head, then: inset, then: tail)
            }
        }
    }

    /// Keeps the store's replies from `start` on for later.
    private mutating func keepReplies(of connection: ServerConnection, from start: Int) {
        let before = connection.unsent.total - start
        let unsent = connection.unsentCount
        unsafe store.withReplyParts { head, inset, tail in
            var start = start
            unsafe connection.unsent.append(
                UnsafeRawBufferPointer(rebasing: head[min(start, head.count)...]))
            start = max(0, start - head.count)
            if let inset { connection.unsent.append(shared: inset, from: min(start, inset.count)) }
            start = max(0, start - (inset?.count ?? 0))
            unsafe connection.unsent.append(UnsafeRawBufferPointer(rebasing: tail[start...]))
        }
        if isOpen(connection) { unsentBytes += connection.unsentCount - unsent }
        for (end, receipt) in store.takeReceipts() where end > start {
            connection.unsent.note(receipt, end: before + end)
        }
        store.clearReplies()
    }

    private mutating func writeUnsent(of connection: ServerConnection) {
        guard isOpen(connection) else { return }
        let result = unsafe connection.unsent.withNext { first, second in
            unsafe connection.wire.write(first, then: second)
        }
        if case .bytes = result { writtenTo = connection.token }
        switch result {
        case .bytes(let count):
            connection.unsent.went(count)
            unsentBytes -= count
            heard(connection)
            // The poller may have told of the room that is left now.
            if connection.unsentCount > 0 { connection.isWatched = false }
        case .wouldBlock: break
        case .failed, .endOfFile:
            connection.isEnding = true
            end(connection)
            return
        }
        if connection.isStalled, !isOverfull(connection) {
            connection.isStalled = false
            resumed.append(connection)
        }
        setInterest(connection)
    }

    /// Whether so much waits for a client that it is not read: where too much waits in all, it is
    /// anything.
    func isOverfull(_ connection: ServerConnection) -> Bool {
        connection.unsentCount >= limits.unreadReplies
            || connection.unsentCount > 0 && areOverfull
    }

    private var areOverfull: Bool { unsentBytes >= limits.unreadRepliesInAll }

    /// Tells the poller what the connection waits for, if that has changed or is to be told again.
    mutating func setInterest(_ connection: ServerConnection) {
        var interest = Interest.once
        if connection.isParked {
            interest = .end
        } else if !connection.isEnding, !isOverfull(connection) {
            interest = .requests
        }
        if connection.unsentCount > 0 || connection.wire.holdsOutput { interest.insert(.write) }
        guard interest != connection.interest || !connection.isWatched, isOpen(connection)
        else { return }
        connection.interest = interest
        connection.isWatched = true
        // Of what lies in a session nobody tells.
        if interest.contains(.read), connection.wire.holdsInput { holding.append(connection) }
        try? polling.poller.modify(
            connection.wire.descriptor.raw, token: connection.token, interest: interest)
    }
}
