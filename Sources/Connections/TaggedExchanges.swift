/// The exchanges under way on a tagged connection: pure. Each has a tag, which is used again once
/// its reply has come, and not before; so whoever sees a tag again knows that the reply arrived.
package struct TaggedExchanges {
    /// Names an exchange. A tag is used again, with another serial.
    package struct ID: Hashable, Sendable {
        package let tag: UInt32
        let serial: UInt32
    }

    private enum Phase {
        case free
        /// Somebody waits for the reply.
        case waiting
        /// Nobody waits any more, but the reply may still come.
        case abandoned
    }

    private struct Slot {
        var phase = Phase.free
        var serial: UInt32 = 0
        var rule = ExchangeInterruption.abandonReply
        /// Whether the caller does not want to wait any longer.
        var isInterrupted = false
        /// The tick at which its time is over.
        var expiry: UInt64?
        /// Whether its caller is looked at with each tick, whether it was cancelled.
        var isWatched = false
        /// Where its request begins in the stream of all that is sent; nothing was sent before.
        var start = UInt64.max
        /// Whether the server keeps its outcome, under its serial.
        var isKept = false
        /// The tag that has been free for the next longest time.
        var nextFree: UInt32?

        /// Why the caller does not want to wait any longer.
        var interruption: ConnectionError? {
            isInterrupted ? .cancelled("the exchange") : nil
        }

        /// 1 where it is to be looked at with each tick.
        var looks: Int { isWatched || expiry != nil ? 1 : 0 }
    }

    /// What a reply means.
    package enum Arrival: Equatable {
        /// For whoever waits under the tag.
        case reply
        /// The call was cancelled in time: nothing has come of it.
        case cancelled(ConnectionError)
        /// Nobody wants it: what it gives goes back.
        case unwanted
        /// Nothing was asked under that tag.
        case unasked
    }

    /// What is to be done where an exchange is interrupted.
    package enum Interruption: Equatable {
        case nothing
        /// Ask the server to cancel the call, and stay for what it says.
        case askAndStay
        /// Stay for the reply.
        case stay
        /// Ask the server to cancel the call; the caller is told now.
        case askAndLeave
    }

    /// A reply that nobody wanted, whose call has its outcome kept.
    private struct Undoing {
        let call: UnwantedCall
        /// Where the order that takes back what it gave begins in the stream.
        let start: UInt64
    }

    /// How many tags there are.
    let limit: Int
    private var slots: [Slot] = []
    /// The tag that has been free longest is used next: what a server keeps of its last reply is
    /// then not kept for long. The others are linked behind it, each to the next.
    private var free: (first: UInt32, last: UInt32)?
    /// How many exchanges are under way.
    package private(set) var count = 0
    private var serial: UInt32 = 0
    /// What is taken back by orders of which nobody knows yet that the server has read them. There
    /// are no more than there are tags: each reply to a younger request shows that it has.
    private var undoings = FIFO<Undoing>()
    /// The time, in ticks.
    private(set) var now: UInt64 = 0
    /// At how many exchanges is to be looked with each tick.
    private(set) var watched = 0

    package init(limit: Int) {
        self.limit = limit
    }

    /// Begins an exchange; nil where no tag is left.
    ///
    /// - Parameters:
    ///   - rule: what to do where it is interrupted.
    ///   - ticks: how long it may take; nil for as long as it takes.
    ///   - isWatched: whether its caller is looked at with each tick, whether it was cancelled.
    ///   - start: where its request begins in the stream of all that is sent, if it is sent now;
    ///     `sent` tells it otherwise.
    ///   - isKept: whether the server keeps its outcome, under its serial.
    package mutating func begin(
        _ rule: ExchangeInterruption, ticks: UInt64?, isWatched: Bool = false,
        at start: UInt64 = .max, isKept: Bool = false
    ) -> ID? {
        guard hasFreeTag(rule) else { return nil }
        serial &+= 1
        let slot = Slot(
            phase: .waiting, serial: serial, rule: rule, expiry: ticks.map { now &+ $0 },
            isWatched: isWatched, start: start, isKept: isKept)
        watched += slot.looks
        count += 1
        guard let (tag, last) = free else {
            slots.append(slot)
            return ID(tag: UInt32(slots.count - 1), serial: serial)
        }
        free = slots[Int(tag)].nextFree.map { ($0, last) }
        slots[Int(tag)] = slot
        return ID(tag: tag, serial: serial)
    }

    /// Tags that are kept for calls that cannot wait, so that what others wait for can be done.
    private var reserve: Int { min(1024, limit / 4) }

    /// Whether an exchange can begin.
    package func hasFreeTag(_ rule: ExchangeInterruption) -> Bool {
        count < limit - (rule == .awaitReply ? 0 : reserve)
    }

    /// Its request stands in the stream of all that is sent, from there on.
    ///
    /// - Parameter isKept: whether the server keeps its outcome, under its serial.
    package mutating func sent(_ id: ID, at start: UInt64, isKept: Bool = false) {
        guard isWaiting(id) else { return }
        slots[Int(id.tag)].start = start
        slots[Int(id.tag)].isKept = isKept
    }

    /// A reply has come.
    ///
    /// - Parameters:
    ///   - isCancelled: whether it says that the call was cancelled.
    ///   - place: where an order that is put in line now begins in the stream of all that is sent:
    ///     the one that takes back what is `unwanted`.
    package mutating func received(
        _ tag: UInt32, isCancelled: Bool, at place: UInt64
    ) -> Arrival {
        guard slots.indices.contains(Int(tag)) else { return .unasked }
        let slot = slots[Int(tag)]
        guard slot.phase != .free else { return .unasked }
        end(tag)
        if !undoings.isEmpty, slot.start != .max { haveRead(upTo: slot.start) }
        switch slot.phase {
        case .abandoned:
            if isCancelled { return .cancelled(.cancelled("the call").takenOut) }
            if slot.isKept {
                let call = UnwantedCall(tag: tag, number: slot.serial)
                undoings.append(Undoing(call: call, start: place))
            }
            return .unwanted
        case .waiting, .free:
            guard isCancelled else { return .reply }
            return .cancelled((slot.interruption ?? .cancelled("the call")).takenOut)
        }
    }

    /// The server reads requests in order, and has read the one that begins there.
    private mutating func haveRead(upTo start: UInt64) {
        while let undoing = undoings.first, undoing.start < start { _ = undoings.popFirst() }
    }

    /// Whether something is taken back of which nobody knows whether the server has heard of it.
    package var isUndoing: Bool { !undoings.isEmpty }

    /// Nobody waits any more.
    ///
    /// - Returns: the tags under which somebody did whose request has been put in line, each with
    ///   why it was interrupted.
    package mutating func abandonAll() -> [(tag: UInt32, error: ConnectionError?)] {
        slots.indices.compactMap { tag in
            let slot = slots[tag]
            guard slot.phase == .waiting, slot.start != .max else { return nil }
            abandon(ID(tag: UInt32(tag), serial: slot.serial))
            return (UInt32(tag), slot.interruption)
        }
    }

    /// The caller was cancelled.
    ///
    /// - Parameter patience: for how many ticks it stays at the most.
    package mutating func interrupt(_ id: ID, patience: UInt64) -> Interruption {
        guard isWaiting(id), !slots[Int(id.tag)].isInterrupted else { return .nothing }
        guard slots[Int(id.tag)].start != .max else {
            // Its request has not been put in line, and will not be: it is no longer waited for.
            end(id.tag)
            return .nothing
        }
        if slots[Int(id.tag)].rule == .abandonReply {
            abandon(id)
            return .askAndLeave
        }
        watched -= slots[Int(id.tag)].looks
        slots[Int(id.tag)].expiry = now + patience
        watched += 1
        slots[Int(id.tag)].isInterrupted = true
        return slots[Int(id.tag)].rule == .halfClose ? .askAndStay : .stay
    }

    /// A tick has passed.
    ///
    /// - Parameters:
    ///   - patience: for how many ticks a caller that was cancelled stays at the most.
    ///   - isCancelled: whether the caller was cancelled that is watched under a tag.
    /// - Returns: the exchanges whose time is over, which are abandoned, and why.
    package mutating func tick(
        patience: UInt64 = 0, isCancelled: (UInt32) -> Bool = { _ in false }
    ) -> [(id: ID, error: ConnectionError?)] {
        now += 1
        guard watched > 0 else { return [] }
        var over: [(id: ID, error: ConnectionError?)] = []
        for tag in slots.indices {
            guard slots[tag].phase == .waiting else { continue }
            let id = ID(tag: UInt32(tag), serial: slots[tag].serial)
            if slots[tag].isWatched, !slots[tag].isInterrupted, isCancelled(id.tag) {
                _ = interrupt(id, patience: patience)
            }
            let slot = slots[tag]
            guard let expiry = slot.expiry, expiry <= now else { continue }
            guard slot.start != .max else {
                // Its request has not been put in line, and will not be.
                end(id.tag)
                continue
            }
            abandon(id)
            over.append((id, slot.interruption))
        }
        return over
    }

    /// Whether somebody waits for this exchange.
    package func isWaiting(_ id: ID) -> Bool {
        guard slots.indices.contains(Int(id.tag)) else { return false }
        let slot = slots[Int(id.tag)]
        return slot.serial == id.serial && slot.phase == .waiting
    }

    /// How far an exchange had come when everything was over.
    package enum Progress: Equatable {
        /// Nothing of its request had gone.
        case unsent
        /// Its request had gone, at least in part.
        case sent
        /// The same, and the server keeps its outcome under this number.
        case kept(UInt32)
    }

    /// A call that nobody waits for, and whose outcome the server keeps under this number.
    package struct UnwantedCall: Hashable {
        package let tag: UInt32
        package let number: UInt32
    }

    /// What was under way when everything was over.
    package struct Remains {
        /// The tags under which somebody waits, each with why it was interrupted, and how far it
        /// had come.
        package fileprivate(set) var waiting:
            [(tag: UInt32, error: ConnectionError?, progress: Progress)] = []
        /// Of what nobody knows whether it gave something that has not been taken back.
        package fileprivate(set) var unwanted: [UnwantedCall] = []
    }

    /// Everything is over.
    ///
    /// - Parameter written: how much of the stream has been handed to the socket.
    package mutating func endAll(written: UInt64) -> Remains {
        var remains = Remains()
        while let undoing = undoings.popFirst() { remains.unwanted.append(undoing.call) }
        for tag in slots.indices {
            let slot = slots[tag]
            let progress: Progress =
                slot.start >= written ? .unsent : slot.isKept ? .kept(slot.serial) : .sent
            switch slot.phase {
            case .free: break
            case .waiting: remains.waiting.append((UInt32(tag), slot.interruption, progress))
            case .abandoned:
                guard case .kept(let number) = progress else { break }
                remains.unwanted.append(UnwantedCall(tag: UInt32(tag), number: number))
            }
        }
        slots = []
        free = nil
        (watched, count) = (0, 0)
        return remains
    }

    /// Nothing more is sent: ends those of whose requests nothing has gone.
    ///
    /// - Parameter written: how much of the stream has been handed to the socket.
    /// - Returns: the tags under which somebody waits, each with why it was interrupted.
    package mutating func endUnsent(after written: UInt64) -> [(
        tag: UInt32, error: ConnectionError?
    )] {
        slots.indices.compactMap { tag in
            let slot = slots[tag]
            guard slot.phase != .free, slot.start != .max, slot.start >= written else { return nil }
            end(UInt32(tag))
            return slot.phase == .waiting ? (UInt32(tag), slot.interruption) : nil
        }
    }

    private mutating func abandon(_ id: ID) {
        watched -= slots[Int(id.tag)].looks
        slots[Int(id.tag)].expiry = nil
        slots[Int(id.tag)].isWatched = false
        slots[Int(id.tag)].phase = .abandoned
    }

    private mutating func end(_ tag: UInt32) {
        watched -= slots[Int(tag)].looks
        slots[Int(tag)].phase = .free
        slots[Int(tag)].expiry = nil
        slots[Int(tag)].isWatched = false
        slots[Int(tag)].isInterrupted = false
        count -= 1
        if let (first, last) = free {
            slots[Int(last)].nextFree = tag
            free = (first, tag)
        } else {
            free = (tag, tag)
        }
    }
}
