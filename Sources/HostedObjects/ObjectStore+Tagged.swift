import Pickle

// Tagged connections: many calls under way at once, replies as they come.
extension ObjectStore {
    /// From now on the caller's frames have tags.
    ///
    /// - Parameter number: which of the client's connections it is, if it may later be asked what
    ///   came of its calls.
    /// - Returns: how many tags it may use.
    mutating func useTags(_ number: UInt32?) throws(Failure) -> UInt32 {
        let slot = Int(call.caller.slot)
        let stage = call.sessions[slot].stage
        guard let identity = call.sessions[slot].identity, !stage.isTagged else {
            throw Failure("AssertionError", "this connection cannot be tagged")
        }
        var line: LineRegister.Name?
        if let number {
            let name = LineRegister.Name(
                identity: identity, number: number, principal: call.principal)
            try lines.begin(name, call.caller)
            line = name
            endForerunners(ofNumber: number)
        }
        call.sessions[slot].stage = stage.withTags
        call.sessions[slot].tagged = TaggedCalls(
            call.caller, line, outcomeBytes: limits.outcomeBytes, call.memory)
        return limits.tags
    }

    /// A request with a tag has come. The caller is the connection yet, not one of its owners.
    mutating func receiveTagged(
        _ frame: UnsafeRawBufferPointer, _ stage: Session.Stage
    ) -> Reception {
        guard let header = unsafe TaggedHeader(frame), stage != .over,
            let tagged = call.sessions[Int(call.caller.slot)].tagged
        else { return .hangUp }
        call.tag = header.tag
        guard frame.count > TaggedHeader.size else {
            return header.isKept ? .hangUp : carryOut(header, tagged)
        }
        guard header.tag < limits.tags else {
            call.reached.note(.requestsInFlight)
            return .hangUp
        }
        guard tagged.waiters.isEmpty || tagged.waiters[header.tag] == nil else { return .hangUp }
        tagged.forget(header.tag)
        guard header.isKept else {
            tagged.outcomes.forget(header.tag)
            let request = unsafe UnsafeRawBufferPointer(rebasing: frame[TaggedHeader.size...])
            return unsafe answer(request, stage, header, tagged)
        }
        // What owners hold ends with the connection, so nobody could say more of their calls.
        guard header.owner == 0, let number = unsafe TaggedHeader.number(in: frame) else {
            return .hangUp
        }
        let request = unsafe UnsafeRawBufferPointer(rebasing: frame[TaggedHeader.keptSize...])
        tagged.outcomes.begin(header.tag, number)
        let start = call.out.count
        let reception = unsafe answer(request, stage, header, tagged)
        if call.out.count > start { keepReply(from: start, header.tag, tagged) }
        return reception
    }

    @inline(__always)
    private mutating func answer(
        _ request: UnsafeRawBufferPointer, _ stage: Session.Stage, _ header: TaggedHeader,
        _ tagged: TaggedCalls
    ) -> Reception {
        let start = ReplyFrame.open(&call.out, tag: header.tag)
        let reception: Reception
        if header.owner == 0 {
            reception = unsafe answer(request, stage, start)
        } else {
            reception = unsafe answer(request, stage, start, for: header.owner, tagged)
        }
        if let receipt = call.receipt {
            tagged.keep(receipt, header.tag, limit: limits.undoableBytes)
        }
        return reception == .parked ? .replied : reception
    }

    /// Keeps the reply that begins at `start`.
    private mutating func keepReply(from start: Int, _ tag: UInt32, _ tagged: TaggedCalls) {
        if let receipt = call.receipt {
            return tagged.outcomes.answer(tag, giving: receipt.kind)
        }
        let size = call.out.count - start - ReplyFrame.taggedHeadSize
        guard tagged.outcomes.mayKeep(size) else { return tagged.outcomes.lose(tag) }
        unsafe call.out.withBytes(from: start) { frame in
            unsafe tagged.outcomes.answer(tag, ReplyFrame.taggedPickle(frame))
        }
    }

    private mutating func answer(
        _ request: UnsafeRawBufferPointer, _ stage: Session.Stage, _ start: Int,
        for owner: UInt32, _ tagged: TaggedCalls
    ) -> Reception {
        if let session = tagged.owners[owner] {
            call.caller = session
        } else {
            endIdleOwners(of: tagged)
            guard tagged.owners.count < limits.owners else {
                call.reached.note(.owners)
                return .hangUp
            }
            call.caller = makeOwner(owner, of: tagged)
        }
        let session = call.caller
        defer { endIfIdle(session, owner, tagged) }
        return unsafe answer(request, stage, start)
    }

    /// What a frame without a request asks for. Nothing is answered if there is nothing to do: then
    /// the reply is on its way already.
    private mutating func carryOut(_ header: TaggedHeader, _ tagged: TaggedCalls) -> Reception {
        switch TaggedHeader.Order(rawValue: header.owner) {
        case .cancel:
            if let id = tagged.waiters[header.tag] { cancel(id) }
        case .undo:
            // Whose reply has not gone cannot have been received; it goes back once.
            guard !hasUnsentReceipt(header.tag, of: tagged.session) else { return .hangUp }
            if let receipt = tagged.take(header.tag) { undo([receipt], at: call.now) }
        case .endOwner:
            guard let session = tagged.owners[header.tag] else { break }
            for id in tagged.waitersInOrder(of: header.tag) { cancel(id) }
            tagged.remove(header.tag)
            end(session)
        case .promise: promise(tagged.session, milliseconds: header.tag)
        case nil: return .hangUp
        }
        return .replied
    }

    private func hasUnsentReceipt(_ tag: UInt32, of session: SessionID) -> Bool {
        receipts.contains { $0.receipt.tag == tag }
            || call.deliveries.contains { $0.session == session && $0.receipt?.tag == tag }
    }

    /// The tag of the reply that a frame gives back; nil for other frames. Whose reply has not gone
    /// whole breaks the protocol with that: it goes back by itself if the connection ends.
    package static func undoneTag(in frame: UnsafeRawBufferPointer) -> UInt32? {
        guard frame.count == TaggedHeader.size, let header = unsafe TaggedHeader(frame),
            !header.isKept, TaggedHeader.Order(rawValue: header.owner) == .undo
        else { return nil }
        return header.tag
    }

    /// Takes out a call that waits, and says so to its caller.
    private mutating func cancel(_ id: WaiterID) {
        guard let waiter = loseWaiter(id) else { return }
        if let tag = waiter.tag {
            call.sessions[Int(waiter.session.slot)].tagged?.outcomes.forget(tag)
        }
        let start = ReplyFrame.openWithoutKind(&call.out, tag: waiter.tag)
        call.out.str("#CANCELLED")
        call.out.none()
        ReplyFrame.close(&call.out, from: start)
    }

    // MARK: Owners

    /// An owner that a tagged connection has named: it owns RLocks as a connection does.
    private mutating func makeOwner(_ owner: UInt32, of tagged: TaggedCalls) -> SessionID {
        let main = call.sessions[Int(tagged.session.slot)]
        var session = Session(serial: nextSessionSerial())
        session.stage = main.stage
        session.identity = main.identity
        session.origin = main.origin
        session.principal = main.principal
        session.tagged = tagged
        session.owner = owner
        let id = keep(session)
        tagged.add(owner, id)
        return id
    }

    /// An owner that holds nothing and waits for nothing need not be known.
    private mutating func endIfIdle(
        _ session: SessionID, _ owner: UInt32, _ tagged: TaggedCalls
    ) {
        let slot = Int(session.slot)
        guard call.isAlive(session), !tagged.isWaiting(owner),
            call.sessions[slot].holdings.isEmpty
        else { return }
        tagged.remove(owner)
        end(session)
    }

    private mutating func endIdleOwners(of tagged: TaggedCalls) {
        guard tagged.isPruningDue else { return }
        for session in tagged.ownersInOrder {
            endIfIdle(session, call.sessions[Int(session.slot)].owner, tagged)
        }
        tagged.hasPruned()
    }

    /// The connection has ended: its calls wait no more.
    mutating func loseWaiters(of tagged: TaggedCalls) {
        for id in tagged.waitersInOrder {
            let hasBegun = call.waiters[id].map(hasBegun) ?? false
            guard let waiter = loseWaiter(id), let tag = waiter.tag else { continue }
            if hasBegun { tagged.outcomes.lose(tag) } else { tagged.outcomes.forget(tag) }
        }
    }

    /// The connection has ended, and none of its calls waits.
    mutating func end(_ tagged: TaggedCalls) {
        for session in tagged.ownersInOrder where call.isAlive(session) { end(session) }
        if let line = tagged.line { lines.end(line, EndedLine(tagged, at: call.now), limits) }
    }

    /// Whether something has come of a call that waits: somebody else's code may have done half of
    /// it, who waits for a condition has given its lock up, and a barrier may have counted it.
    private func hasBegun(_ waiter: Waiter) -> Bool {
        waiter.list == call.foreignLine || waiter.resumption != nil
            || call.table[waiter.object]?.hasBegun(waiter) == true
    }

    // MARK: Unasked

    /// Tells all tagged connections that the server stops: `('#PUSH', ('stopping', None))`.
    package mutating func announceStop() {
        var writer = BodyWriter()
        let start = ReplyFrame.openWithoutKind(&writer, tag: ReplyTag.push)
        writer.str("#PUSH")
        writer.str("stopping")
        writer.none()
        writer.append(.tuple2)
        ReplyFrame.close(&writer, from: start)
        let frame = writer.finished()
        for session in call.sessions where session.owner == 0 {
            guard let tagged = session.tagged else { continue }
            call.deliveries.append(
                Delivery(
                    session: tagged.session, frame: frame, receipt: nil, sequel: .goesOn))
        }
    }
}
