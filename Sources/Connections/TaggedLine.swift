internal import Sockets
internal import Synchronization

/// A connection on which any number of exchanges are under way at once: the tagged extension of a
/// server of this house (docs/PROTOCOL.md).
///
/// Callers append their requests under a lock. Whoever finds nobody writing writes, for all who
/// come meanwhile; on the loop's own thread requests gather, and go in a few writes while the loop
/// runs the tasks that were ready. Replies are read by the loop, and nobody is resumed under the
/// lock. The loop keeps it until it is closed.
package final class TaggedLine: LoopMember {
    typealias Outcome = ExchangeOutcome

    /// Somebody who waits for a reply.
    ///
    /// SAFETY: whoever takes it out of `waiting` resumes it, and nobody else can. Whether its task
    /// was cancelled may be asked from anywhere while it waits.
    @safe struct Caller: @unchecked Sendable {
        /// nil for a part of a batch.
        private let continuation: UnsafeContinuation<Outcome?, Never>?
        /// What is looked at with each tick, whether it was cancelled.
        ///
        /// An `UnsafeCurrentTask` by its address, for that type is copied at great length.
        private let task: UnsafeRawPointer?
        private let batch: TaggedBatch?
        private let index: Int

        init(_ continuation: UnsafeContinuation<Outcome?, Never>, task: UnsafeRawPointer? = nil) {
            unsafe self.continuation = continuation
            unsafe self.task = unsafe task
            batch = nil
            index = 0
        }

        init(_ batch: TaggedBatch, _ index: Int) {
            unsafe continuation = nil
            unsafe task = nil
            self.batch = batch
            self.index = index
        }

        /// Whether the task that is looked at was cancelled.
        var isCancelled: Bool {
            guard let task = unsafe task else { return false }
            return unsafe Self.isCancelled(task)
        }

        /// The running task, by its address; nil where none runs.
        static func currentTask() -> UnsafeRawPointer? {
            var address: UnsafeRawPointer?
            unsafe withUnsafeCurrentTask { task in
                guard let task = unsafe task else { return }
                unsafe address = unsafe unsafeBitCast(task, to: UnsafeRawPointer.self)
            }
            return unsafe address
        }

        /// Whether a task that has not ended was cancelled.
        static func isCancelled(_ task: UnsafeRawPointer) -> Bool {
            unsafe unsafeBitCast(task, to: UnsafeCurrentTask.self).isCancelled
        }

        /// Takes the reply, which stands in a frame behind its tag, under the lock.
        func receive(
            _ frame: UnsafeRawBufferPointer, _ whole: WholeFrame?, _ news: inout Completions
        ) {
            let start = TaggedFrame.replyHeader
            guard let batch else {
                return news.add(self, unsafe ExchangeOutcome(frame, whole, from: start))
            }
            let reply = unsafe UnsafeRawBufferPointer(rebasing: frame[start...])
            if unsafe batch.receive(index, reply) { news.add(batch) }
        }

        /// Learns that no reply comes, under the lock.
        func fail(_ error: ConnectionError, _ news: inout Completions) {
            guard let batch else { return news.add(self, .failure(error)) }
            if batch.fail(index, error) { news.add(batch) }
        }

        /// Goes on, once the lock is free.
        func resume(_ outcome: Outcome) {
            unsafe continuation?.resume(returning: outcome)
        }
    }

    /// Somebody who waits for a tag.
    typealias Turn = OneShot<Void>
    /// Who is to write what was put in line.
    typealias Next = OutgoingLine.Next

    /// What the server says unasked, a pickle, and on which line.
    package typealias OnPush = @Sendable (TaggedLine, [UInt8]) -> Void
    /// At its end: the calls that nobody waits for and that may have given something, which the
    /// server is to take back.
    package typealias OnUnwanted = @Sendable ([LostCall]) -> Void

    /// How often it is looked whose time is over; times are kept that exactly.
    static let tick = Duration.milliseconds(20)
    /// Reads of one turn before others have theirs.
    static let readsPerTurn = 8

    struct State: ~Copyable {
        var socket: SharedWire?
        var exchanges: TaggedExchanges
        /// Who waits, by tag.
        var waiting: [Caller?] = []
        /// Who waits for a tag: for a call that cannot wait, or for one that can.
        var queues = (brief: FIFO<Turn>(), long: FIFO<Turn>())
        /// Who waits until nothing is under way.
        var drainers: [Turn] = []
        /// What is to be written, and who does.
        var outgoing = OutgoingLine()
        var isTicking = false
        /// The server has said that it stops.
        var isStopping = false
        /// This end closes it, and only gives back yet.
        var isClosing = false
        /// Tells the peer next that this end is there.
        var nextPromise: IOLoop.TimerID?
        /// Why nothing more can be sent, though replies may still come.
        var writingEnd: ConnectionError?
        var end: ConnectionError?

        /// Whether anything can be asked.
        var isOpen: Bool {
            if case nil = end, case nil = writingEnd { return !isStopping && !isClosing }
            return false
        }

        /// Why nothing new can be asked; nil if it can.
        var refusal: ConnectionError? { (end ?? writingEnd)?.asClosed }

        /// The same for a call: whoever holds something may give it back while the server stops.
        func refusal(of owner: UInt32, isReturn: Bool) -> ConnectionError? {
            if let refusal { return refusal }
            if isClosing { return isReturn ? nil : .stopping }
            return isStopping && owner == 0 ? .stopping : nil
        }
    }

    let loop: IOLoop
    /// Which of the client's tagged lines it is to the server.
    private let number: UInt32
    let onPush: OnPush
    private let onUnwanted: OnUnwanted
    let state: Mutex<State>
    /// SAFETY: only the loop's thread is at it, in `becameReady`.
    @exclusivity(unchecked) nonisolated(unsafe) var decoder: FrameDecoder
    /// Frames that came while it was agreed upon.
    private let early: [[UInt8]]
    let token = Atomic<UInt64>(0)
    /// The next owner's number.
    private let lastOwner = Atomic<UInt32>(0)

    init(
        _ wire: consuming Wire, _ decoder: consuming FrameDecoder, loop: IOLoop,
        tags: Int, number: UInt32, early: [[UInt8]], onPush: @escaping OnPush,
        onUnwanted: @escaping OnUnwanted
    ) {
        self.loop = loop
        self.number = number
        self.early = early
        self.onPush = onPush
        self.onUnwanted = onUnwanted
        unsafe self.decoder = decoder
        state = Mutex(
            State(
                socket: SharedWire(wire),
                exchanges: TaggedExchanges(limit: max(1, tags))))
    }

    /// Joins the loop.
    func start() throws(ConnectionError) {
        receive(early)
        let own = loop.join(self)
        token.store(own, ordering: .relaxed)
        guard let socket = state.withLock({ $0.socket }) else { return loop.leave(own) }
        do throws(SocketError) {
            try loop.watch(
                socket.wire.descriptor.raw, token: own, from: [], to: [.read, .peerClosed, .once])
        } catch {
            let error = ConnectionError(error)
            end(error)
            throw error
        }
    }

    /// Whether more can be asked, as far as is known.
    package var isUsable: Bool {
        state.withLock { $0.isOpen }
    }

    /// Whether something can be given back, as far as is known.
    package var takesReturns: Bool {
        state.withLock { $0.refusal(of: 0, isReturn: true) == nil }
    }

    /// Asks nothing new any more: the server has said that it stops.
    package func stopsSoon() {
        state.withLock { $0.isStopping = true }
    }

    /// Lets nobody wait any more nor ask anything but to give something back, and takes back what
    /// the calls gave that are under way: has the server cancel them, and waits for what it says to
    /// each, for so long at the most.
    package func abandonCalls(within time: Duration) async {
        var news = Completions()
        let next = state.withLock { state in
            var next = Next.nothing
            state.isClosing = true
            for (tag, interruption) in state.exchanges.abandonAll() {
                next.join(state.put(.cancel, tag, loop))
                state.release(tag, interruption ?? .closedHere, &news)
            }
            return next
        }
        proceed(next)
        news.tell()
        wake()
        await whenIdle(within: time)
    }

    /// Whether something is taken back of which nobody knows whether the server has heard of it: it
    /// has when the next call has been answered.
    package var isUndoing: Bool { state.withLock { $0.exchanges.isUndoing } }

    /// Waits until nothing is under way and nobody waits for a tag, for so long at the most.
    package func whenIdle(within time: Duration) async {
        let turn = Turn()
        let isIdle = state.withLock { state in
            if state.end != nil || state.exchanges.count == 0 { return true }
            state.drainers.append(turn)
            return false
        }
        if !isIdle { _ = try? await turn.value("draining", within: time) }
    }

    /// A number for somebody who is to own locks apart from others.
    package func makeOwner() -> UInt32 {
        lastOwner.add(1, ordering: .relaxed).newValue
    }

    /// Ends what an owner holds and waits for.
    package func endOwner(_ owner: UInt32) {
        send(order: .endOwner, tag: owner)
    }

    /// Closes it: whoever waits gets `.closed`, and so does whoever asks later.
    package func close() {
        end(.closedHere)
    }

    /// It is over, for this reason.
    func end(_ error: ConnectionError) {
        var news = Completions()
        var unwanted: [LostCall] = []
        let (socket, queue) = state.withLock { state in
            guard state.end == nil else { return (SharedWire?.none, [Turn]()) }
            state.end = error
            let remains = state.exchanges.endAll(written: state.outgoing.handed)
            for (tag, interruption, progress) in remains.waiting {
                let reason =
                    switch progress {
                    case .unsent: (interruption ?? error).unsent
                    case .sent: interruption ?? error
                    case .kept(let number):
                        (interruption ?? error).losing(
                            LostCall(line: self.number, tag: tag, number: number))
                    }
                state.release(tag, reason, &news)
            }
            unwanted = remains.unwanted.map {
                LostCall(line: number, tag: $0.tag, number: $0.number)
            }
            state.waiting = []
            state.outgoing.end()
            var queue = state.drainers
            state.drainers = []
            while let next = state.queues.brief.popFirst() { queue.append(next) }
            while let next = state.queues.long.popFirst() { queue.append(next) }
            defer { state.socket = nil }
            return (state.socket, queue)
        }
        if let socket {
            // Whoever reads or writes just now is not to wait; the descriptor closes with the last.
            socket.end()
            loop.unwatch(socket.wire.descriptor.raw)
        }
        if let timer = state.withLock({ $0.nextPromise.take() }) { loop.cancel(timer) }
        let own = token.load(ordering: .relaxed)
        if own != 0 { loop.leave(own) }
        news.tell()
        for turn in queue { turn.complete(.success(())) }
        if !unwanted.isEmpty { onUnwanted(unwanted) }
    }

    /// What is to be told once the lock is free: who waited, and what came.
    struct Completions: ~Copyable {
        private var first: (Caller, Outcome)?
        private var rest: [(Caller, Outcome)] = []
        private var batches: [TaggedBatch] = []

        mutating func add(_ caller: Caller, _ outcome: Outcome) {
            if first == nil {
                first = (caller, outcome)
            } else {
                rest.append((caller, outcome))
            }
        }

        mutating func add(_ batch: TaggedBatch) { batches.append(batch) }

        borrowing func tell() {
            if let (caller, outcome) = first { caller.resume(outcome) }
            for (caller, outcome) in rest { caller.resume(outcome) }
            for batch in batches { batch.tell() }
        }
    }
}
