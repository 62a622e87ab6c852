package import Pickle

/// The world as a method sees it: who calls, what time it is, where the result goes, who waits.
package struct Call {
    /// Where the result goes: exactly one body, if the method returns ``Outcome/returned``.
    package var out = BodyWriter(mayInset: true)
    /// The caller's connection.
    package internal(set) var caller = SessionID(slot: 0, serial: 0)
    /// The object whose method is called.
    package internal(set) var object = ObjectID.none
    /// The time of the call.
    package internal(set) var now = Instant(nanoseconds: 0)
    /// The request with all that came before it in its frame, where that may be kept.
    package internal(set) var frame: ArraySlice<UInt8>?
    /// Everybody who waits.
    package internal(set) var waiters = WaiterTable()
    var sessions: [Session] = []
    /// Whose the sessions are.
    var peers = Peers()
    /// Who the clients are, as far as their rights differ.
    var principals = Principals()
    /// What the call that is carried out needs the right to.
    var need = Rights.Access.reading
    /// When the dead hold nothing any more.
    let releaseRule: ReleaseRule
    var deliveries: [Delivery] = []
    /// What is asked of the code outside the core.
    var orders: [LaunchOrder] = []
    /// Where they wait. Of no object, for an object may go while its method runs.
    let foreignLine: WaiterListID
    var receipt: Receipt?
    /// Under which tag the call came, if it came with one.
    var tag: UInt32?
    /// The call that was parked last.
    var parked: WaiterID?
    let undoableBytes: Int
    /// How many calls may wait at once.
    let waiterLimit: Int
    /// What all objects hold.
    let memory: StoreMemory
    /// How often each limit has been reached since that was asked last.
    var reached = ReachedLimits()
    /// The token of the youngest grant.
    var lastToken: Int
    /// The grants that end by themselves, by their tokens, each with the object that gave it.
    var leases = DeadlineTable<Int, ObjectID>()
    let leaseLimit: Int
    let longestLease: Double
    /// The object that the request names.
    var asked = ObjectID.none
    /// The token under which the call was made, if under one; else 0.
    var fence = 0
    var table: ObjectTable

    init(incarnation: UInt32, lastToken: Int = 0, limits: StoreLimits) {
        releaseRule = limits.releaseRule
        undoableBytes = limits.undoableBytes
        waiterLimit = limits.waiters
        memory = StoreMemory(limits)
        leaseLimit = limits.leases
        longestLease = limits.longestLease
        self.lastToken = lastToken
        table = ObjectTable(incarnation: incarnation, memory)
        foreignLine = waiters.makeList()
    }
}

// MARK: - Results

extension Call {
    /// Returns None.
    @inline(__always)
    package mutating func returnNone() -> Outcome {
        out.none()
        return .returned
    }

    /// Returns a bool.
    @inline(__always)
    package mutating func `return`(_ value: Bool) -> Outcome {
        out.bool(value)
        return .returned
    }

    /// Returns an int.
    @inline(__always)
    package mutating func `return`(_ value: Int) -> Outcome {
        out.int(value)
        return .returned
    }

    /// Returns a value.
    @inline(__always)
    package mutating func `return`(_ value: PickledValue) -> Outcome {
        out.body(value)
        return .returned
    }

    /// Notes that the reply to the caller gives something away.
    package mutating func give(_ kind: Receipt.Kind) {
        receipt = Receipt(session: caller, object: object, kind: kind, tag: tag)
    }
}

// MARK: - Waiting

extension Call {
    /// - Throws: MemoryError, where too many wait already.
    func checkWaiting() throws(Failure) {
        guard waiters.count < waiterLimit else {
            throw .overLimit(.waiters, "\(waiterLimit) calls that wait")
        }
    }

    /// Lets the caller wait at the end of a line, for at most that many seconds.
    ///
    /// - Throws: MemoryError, where too many wait already, or too much is held.
    package mutating func park(
        in list: WaiterListID, seconds: Double?, timeUp: TimeUp, item: PickledValue? = nil,
        resumption: Resumption? = nil, terms: GrantTerms? = nil
    ) throws(Failure) -> Outcome {
        try checkWaiting()
        if let item { try memory.take(item.heldSize) }
        let deadline = seconds.flatMap { now.advanced(seconds: $0) }
        let id = waiters.append(
            session: caller, object: object, asked: asked, item: item, timeUp: timeUp,
            deadline: deadline, resumption: resumption, tag: tag, need: need, terms: terms,
            fence: fence, to: list)
        let slot = Int(caller.slot)
        if let tag {
            sessions[slot].tagged?.add(id, tag, of: sessions[slot].owner)
        } else {
            sessions[slot].waiter = id
        }
        parked = id
        return .parked
    }

    /// Answers the first in the line; nil if nobody waits.
    ///
    /// - Parameter gives: what the answer gives away.
    @discardableResult
    package mutating func answerFirst(
        of list: WaiterListID, _ value: PickledValue, gives kind: Receipt.Kind? = nil
    ) -> Waiter? {
        guard let id = waiters.first(list) else { return nil }
        return answer(id, gives: kind) { writer in writer.body(value) }
    }

    /// Answers everybody in the line.
    package mutating func answerAll(of list: WaiterListID, _ value: PickledValue) {
        while answerFirst(of: list, value) != nil {}
    }

    /// Answers a waiter whose time is up.
    mutating func expire(_ id: WaiterID) {
        guard let waiter = waiters[id] else { return }
        switch waiter.timeUp {
        case .returns(let value): answer(id) { $0.bool(value) }
        case .returnsNone: answer(id) { $0.none() }
        case .raises(let failure): fail(id, failure)
        case .asks:
            caller = waiter.session
            object = waiter.object
            table[waiter.object]?.timeIsUp(for: id, &self)
            // Nobody stands in a line whose time is up.
            if waiters[id]?.deadline != nil { answer(id) { $0.bool(false) } }
        }
    }

    /// Fails everybody in the line.
    package mutating func failAll(in list: WaiterListID, _ failure: Failure) {
        while let id = waiters.first(list) { fail(id, failure) }
    }

    /// Fails a waiter.
    mutating func fail(_ id: WaiterID, _ failure: Failure) {
        reply(to: id) { failure.write(to: &$0) }
    }

    /// Answers a waiter, or fails it: writes both parts of the reply, and gives nothing away.
    mutating func reply(to id: WaiterID, _ write: (inout BodyWriter) -> Void) {
        guard let waiter = removeWaiter(id) else { return }
        var writer = BodyWriter()
        let start = ReplyFrame.openWithoutKind(&writer, tag: waiter.tag)
        write(&writer)
        ReplyFrame.close(&writer, from: start)
        deliver(writer.finished(), to: waiter, receipt: nil)
    }

    @discardableResult
    mutating func answer(
        _ id: WaiterID, gives kind: Receipt.Kind? = nil, _ write: (inout BodyWriter) -> Void
    ) -> Waiter? {
        guard let waiter = removeWaiter(id) else { return nil }
        answer(waiter, gives: kind, write)
        return waiter
    }

    /// Answers a call that has been taken out of its line.
    mutating func answer(
        _ waiter: Waiter, gives kind: Receipt.Kind? = nil, _ write: (inout BodyWriter) -> Void
    ) {
        var writer = BodyWriter()
        let start = ReplyFrame.open(&writer, tag: waiter.tag)
        if let resumption = waiter.resumption {
            writer.bool(resumption.isNotified)
        } else {
            write(&writer)
        }
        ReplyFrame.close(&writer, from: start)
        let receipt = (waiter.resumption?.receipt ?? kind).map {
            Receipt(
                session: waiter.session, object: waiter.object, kind: $0, tag: waiter.tag)
        }
        deliver(writer.finished(), to: waiter, receipt: receipt)
    }

    private mutating func deliver(_ frame: [UInt8], to waiter: Waiter, receipt: Receipt?) {
        let slot = Int(waiter.session.slot)
        if let tag = waiter.tag, let tagged = sessions[slot].tagged {
            if let receipt {
                tagged.keep(receipt, tag, limit: undoableBytes)
                tagged.outcomes.answer(tag, giving: receipt.kind)
            } else {
                unsafe frame.withUnsafeBytes { frame in
                    unsafe tagged.outcomes.answer(tag, ReplyFrame.taggedPickle(frame))
                }
            }
            deliveries.append(
                Delivery(
                    session: tagged.session, frame: frame, receipt: receipt, sequel: .goesOn))
        } else {
            // A verb is one request on a connection of its own.
            let sequel = sessions[slot].stage == .verb ? Delivery.Sequel.ends : .isReadAgain
            deliveries.append(
                Delivery(
                    session: waiter.session, frame: frame, receipt: receipt, sequel: sequel))
        }
    }

    mutating func removeWaiter(_ id: WaiterID) -> Waiter? {
        guard let waiter = waiters.remove(id) else { return nil }
        if let item = waiter.item { memory.giveBack(item.heldSize) }
        let slot = Int(waiter.session.slot)
        if let tag = waiter.tag {
            sessions[slot].tagged?.removeWaiter(tag, of: sessions[slot].owner)
        } else {
            sessions[slot].waiter = nil
        }
        return waiter
    }
}
