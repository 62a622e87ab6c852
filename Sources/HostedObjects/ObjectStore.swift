import Pickle

/// What a request came to, for the connection it came from.
package enum Reception: Sendable, Hashable {
    /// The reply stands in ``ObjectStore/withReplies(_:)``.
    case replied
    /// The same, and so many replies stand there that they should be written before more is
    /// received.
    case repliedEnough
    /// The reply comes as a ``Delivery``; until then nothing more is read from the connection.
    case parked
    /// The reply stands in ``ObjectStore/withReplies(_:)``, and with it the connection has served.
    case finished
    /// Like `finished`, and the whole server has served.
    case shutdown
    /// No reply; the connection ends.
    case hangUp
}

/// All shared state of a server, and nothing else: a request and the time go in, replies come out.
///
/// No socket, clock, thread or randomness inside; two stores that are given the same inputs in the
/// same order give the same outputs.
package struct ObjectStore {
    var call: Call
    var makers = Maker.standard
    /// By names as Python compares them: those that only look alike are different.
    var directory: [PickleString: ObjectID] = [:]
    var pendingNames: [PickleString: PendingName] = [:]
    let limits: StoreLimits
    var lines = LineRegister()
    var collectionDue: Instant?
    /// Until when connections have promised to be heard of again, by their sessions' serials.
    var promises = DeadlineTable<UInt32, Promise>()
    private var scanner = RequestScanner()
    var freeSessions: [Int] = []
    var sessionSerial: UInt32 = 0

    /// The receipts of the replies that stand in the replies, each with the offset where its reply
    /// ends.
    private(set) var receipts: [(end: Int, receipt: Receipt)] = []

    /// - Parameters:
    ///   - incarnation: a random number, different at each start of a server.
    ///   - lastToken: grants have tokens above it. What an earlier server has given must not be.
    package init(
        incarnation: UInt32, lastToken: Int = 0, limits: StoreLimits = StoreLimits()
    ) {
        call = Call(incarnation: incarnation, lastToken: lastToken, limits: limits)
        self.limits = limits
    }

    // MARK: What comes out

    /// How many bytes ``withReplies(_:)`` lends.
    @inline(__always)
    package var repliesCount: Int {
        mutating get { call.out.count }
    }

    /// Lends the framed replies to the requests received since ``clearReplies()``, in order.
    package mutating func withReplies<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result
    {
        unsafe call.out.withBytes(body)
    }

    /// Whether ``withReplyParts(_:)`` spares a copy.
    @inline(__always)
    package var repliesHaveInset: Bool {
        mutating get { call.out.hasInset }
    }

    /// Lends the same in three parts, of which the second is one that may be kept.
    package mutating func withReplyParts<Result>(
        _ body: (UnsafeRawBufferPointer, ArraySlice<UInt8>?, UnsafeRawBufferPointer) -> Result
    ) -> Result {
        unsafe call.out.withParts(body)
    }

    /// The receipts of the replies lent, each with the offset where its reply ends.
    package mutating func takeReceipts() -> [(end: Int, receipt: Receipt)] {
        guard !receipts.isEmpty else { return [] }
        defer { receipts.removeAll(keepingCapacity: true) }
        return receipts
    }

    /// Forgets the replies that have been taken.
    package mutating func clearReplies() {
        call.out.removeAll(from: 0)
        if !receipts.isEmpty { receipts.removeAll(keepingCapacity: true) }
    }

    /// Whether ``takeDeliveries()`` has something to give.
    package var hasDeliveries: Bool {
        mutating get { !call.deliveries.isEmpty }
    }

    /// Takes the replies to calls that had waited.
    package mutating func takeDeliveries() -> [Delivery] {
        guard !call.deliveries.isEmpty else { return [] }
        defer { call.deliveries.removeAll(keepingCapacity: true) }
        return call.deliveries
    }

    /// When ``advance(to:)`` has something to do next.
    package var nextDeadline: Instant? {
        mutating get {
            let next = Instant.earlier(call.waiters.nextDeadline, nextCollection)
            guard !call.leases.isEmpty || !promises.isEmpty else { return next }
            return .earlier(next, .earlier(call.leases.next, promises.next))
        }
    }

    /// How many objects there are.
    package var objectCount: Int { call.table.count }

    /// How many bytes all objects hold.
    package var heldBytes: Int { call.memory.used }

    /// Throws away what is kept for values that have gone; to be called now and then, between
    /// requests.
    package mutating func tidy() { call.memory.stranded.tidy() }

    /// How often limits have been reached since this was asked last; nil where none was.
    package mutating func takeReachedLimits() -> ReachedLimits? {
        guard call.reached.isAny else { return nil }
        defer { call.reached = ReachedLimits() }
        return call.reached
    }

    /// How many calls wait.
    package var waitingCalls: Int { call.waiters.count }

    // MARK: What goes in

    /// Replies that could not be handed over: what they gave goes back, the last one first; but
    /// items in the order of their queues, so that who waits for them is given them in that.
    package mutating func undo(_ receipts: [Receipt], at now: Instant) {
        call.now = now
        let items = receipts.filter { $0.sequence != nil }
            .sorted { ($0.sequence ?? 0) < ($1.sequence ?? 0) }
        for receipt in items + receipts.reversed().filter({ $0.sequence == nil }) {
            call.caller = receipt.session
            call.object = receipt.object
            call.table[receipt.object]?.undo(receipt.kind, &call)
            // Who had given a condition's lock up to wait has not got it back.
            if case .resumption = receipt.kind { continue }
            if let tag = receipt.tag { forgetOutcome(tag, of: receipt.session) }
        }
    }

    /// Time has passed: connections that promised to be heard of, and were not, end; leases run
    /// out; and waiters whose time is up are answered. What was due first happens first; what comes
    /// after the end of a connection waits until that has been delivered, and is still due.
    package mutating func advance(to now: Instant) {
        call.now = now
        while true {
            let (waiter, lease) = (call.waiters.nextDeadline, call.leases.next)
            if let lease, lease <= now, lease == .earlier(lease, .earlier(waiter, promises.next)) {
                endLeases(dueBy: lease)
                continue
            }
            if endSilentSessions(dueBy: .earlier(waiter, lease)) { break }
            guard let overdue = call.waiters.overdue(at: now) else { break }
            call.expire(overdue)
        }
        if let collection = nextCollection, collection <= now { collect() }
    }

    /// A request has come that lies where it may be kept, so that a long value in it is not copied.
    ///
    /// - Parameter whole: the same bytes.
    package mutating func receive(
        _ frame: UnsafeRawBufferPointer, keeping whole: ArraySlice<UInt8>,
        from session: SessionID, at now: Instant
    ) -> Reception {
        call.frame = whole
        defer { call.frame = nil }
        return unsafe receive(frame, from: session, at: now)
    }

    /// A request has come: the body of a frame.
    package mutating func receive(
        _ frame: UnsafeRawBufferPointer, from session: SessionID, at now: Instant
    ) -> Reception {
        guard unsafe !frame.isEmpty, call.isAlive(session) else { return .hangUp }
        call.caller = session
        call.now = now
        call.receipt = nil
        call.tag = nil
        let stage = call.sessions[Int(session.slot)].stage
        if stage.isTagged { return unsafe receiveTagged(frame, stage) }
        return unsafe answer(frame, stage, ReplyFrame.open(&call.out))
    }

    /// Answers a request whose reply has been begun.
    @inline(__always)
    mutating func answer(
        _ frame: UnsafeRawBufferPointer, _ stage: Session.Stage, _ start: Int
    ) -> Reception {
        var reception = stage == .verb ? Reception.finished : .replied
        do throws(Failure) {
            reception = try unsafe handle(frame, stage, start)
        } catch {
            call.out.removeAll(from: start)
            if let limit = error.limit { call.reached.note(limit) }
            let start = ReplyFrame.openWithoutKind(&call.out, tag: call.tag)
            error.write(to: &call.out)
            ReplyFrame.close(&call.out, from: start)
            return reception
        }
        if reception == .parked {
            call.out.removeAll(from: start)
            return .parked
        }
        ReplyFrame.close(&call.out, from: start)
        if let receipt = call.receipt { receipts.append((call.out.count, receipt)) }
        if reception == .replied, call.out.count >= limits.replies { return .repliedEnough }
        return reception
    }

    @inline(__always)
    private mutating func handle(
        _ frame: UnsafeRawBufferPointer, _ stage: Session.Stage, _ start: Int
    ) throws(Failure) -> Reception {
        guard case .scanned = try unsafe scan(frame) else {
            return try unsafe handleRebuilt(frame, stage, start)
        }
        return try unsafe dispatch(frame, stage, start)
    }

    /// Decodes a request in an unusual form, writes it in the usual one, and takes it from there.
    private mutating func handleRebuilt(
        _ frame: UnsafeRawBufferPointer, _ stage: Session.Stage, _ start: Int
    ) throws(Failure) -> Reception {
        let rebuilt: RebuiltRequest
        do throws(Failure) {
            rebuilt = try unsafe RebuiltRequest(frame)
        } catch {
            throw error.asTraceback()
        }
        if let failure = misfit(rebuilt, isServing: stage != .verb) { throw failure }
        scanner.adopt(
            ident: rebuilt.identSlice, method: rebuilt.methodSlice,
            positional: rebuilt.positionalSlices, keywords: rebuilt.keywordSlices)
        return try unsafe rebuilt.bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try unsafe dispatch(UnsafeRawBufferPointer(bytes), stage, start)
        }
    }

    @inline(__always)
    private mutating func scan(
        _ bytes: UnsafeRawBufferPointer
    ) throws(Failure) -> RequestScanner.Outcome {
        do {
            return try unsafe scanner.scan(bytes)
        } catch {
            throw Failure(error).asTraceback()
        }
    }

    @inline(__always)
    private mutating func dispatch(
        _ bytes: UnsafeRawBufferPointer, _ stage: Session.Stage, _ start: Int
    ) throws(Failure) -> Reception {
        // Taken from the scanner for the time of the call, not shared with it.
        let slices = scanner.takeSlices()
        defer { scanner.giveBack(slices) }
        return try unsafe Arguments.with(bytes, slices.positional, slices.keywords) {
            (arguments) throws(Failure) in
            try unsafe dispatch(bytes, arguments, stage, start)
        }
    }

    @inline(__always)
    private mutating func dispatch(
        _ bytes: UnsafeRawBufferPointer, _ arguments: Arguments, _ stage: Session.Stage,
        _ start: Int
    ) throws(Failure) -> Reception {
        if stage != .verb {
            guard case .str = scanner.ident.kind else {
                if isVerbOnLine { return try unsafe callVerbOnLine(bytes, arguments) }
                throw Failure(missingKey: try arguments.value(scanner.ident)).asTraceback()
            }
            let ident = unsafe arguments.payload(scanner.ident)
            guard let id = unsafe ObjectID(hexadecimal: ident), let object = call.table[id] else {
                throw unsafe missingObject(ident)
            }
            guard case .str = scanner.method.kind else {
                throw try notExposed(try arguments.value(scanner.method), object)
            }
            let name = unsafe arguments.payload(scanner.method)
            if call.principals.areThere { try unsafe permit(name, of: object, id) }
            if scanner.namesGlobals { try unsafe nestProxies(bytes, in: id) }
            call.object = id
            call.asked = id
            if stage.isNoting { noteCall(of: id) }
            return try unsafe callMethod(name, object, arguments, start)
        }
        return try unsafe callNamedVerb(bytes, arguments)
    }

    private mutating func callNamedVerb(
        _ bytes: UnsafeRawBufferPointer, _ arguments: Arguments
    ) throws(Failure) -> Reception {
        guard case .str = scanner.method.kind else {
            throw try unrecognized(try arguments.value(scanner.method))
        }
        let name = unsafe arguments.payload(scanner.method)
        let namesGlobals = scanner.namesGlobals
        if namesGlobals, call.principals.areThere { _ = try unsafe permittedProxies(bytes) }
        let (reception, created) = try unsafe callVerb(name, arguments)
        if namesGlobals, let created { try unsafe nestProxies(bytes, in: created) }
        return reception
    }

    /// Whether the request is a verb on a connection that serves calls: who has announced itself as
    /// a process may ask so.
    private var isVerbOnLine: Bool {
        scanner.ident.kind == .none && call.sessions[Int(call.caller.slot)].identity != nil
    }

    private mutating func callVerbOnLine(
        _ bytes: UnsafeRawBufferPointer, _ arguments: Arguments
    ) throws(Failure) -> Reception {
        let reception = try unsafe callNamedVerb(bytes, arguments)
        return reception == .finished ? .replied : reception
    }
}
