package import Pickle
internal import Synchronization

extension TaggedLine {
    /// Most requests of a batch that are under way at once, so that others have tags too.
    private static let batchLimit = 4096

    /// Sends many requests in one go, and waits until all have been answered. What the tasks'
    /// cancellation, and the timeout, mean is as with `.awaitReply`.
    ///
    /// - Parameter keepsOutcomes: whether the server is to keep what comes of each.
    /// - Returns: what came of each, in order.
    package func exchange(
        _ requests: [CompactBytes], keepsOutcomes: Bool = false, timeout: Duration? = nil
    ) async -> ReplyBatch {
        var replies = ReplyBatch()
        let ticks = timeout.map(Self.ticks(in:))
        while replies.count < requests.count {
            let rest = requests[replies.count...]
            let batch = TaggedBatch(keepsOutcomes: keepsOutcomes)
            let end = await withTaskCancellationHandler {
                unsafe await withUnsafeContinuation { continuation in
                    unsafe begin(batch, rest.prefix(Self.batchLimit), ticks, unsafe continuation)
                }
            } onCancel: {
                for id in state.withLock({ _ in batch.cancel() }) { interrupt(id) }
            }
            switch end {
            case .answered:
                replies.append(batch.replies)
            case .over(let error):
                // It may have been somebody's turn.
                wake()
                replies.expectNothing(rest.count, error.unsent)
            case .full:
                do throws(ConnectionError) {
                    try await waitForTag(.awaitReply)
                } catch {
                    replies.expectNothing(rest.count, error)
                }
            }
        }
        replies.mapFailures { $0.afterExchange(of: timeout) }
        return replies
    }

    /// Puts as many of the requests in line as there are tags for.
    private func begin(
        _ batch: TaggedBatch, _ requests: ArraySlice<CompactBytes>, _ ticks: UInt64?,
        _ continuation: TaggedBatch.Continuation
    ) {
        let (end, next, startsTicking) = state.withLock { state -> (TaggedBatch.End?, Next, Bool) in
            if let end = unsafe state.begin(batch, requests, ticks, unsafe continuation) {
                return (end, .nothing, false)
            }
            return (nil, state.whoWrites(loop, batch.exchanges.count), state.needsTicks())
        }
        if let end { unsafe continuation.resume(returning: end) }
        if startsTicking { scheduleTick() }
        proceed(next)
    }
}

extension TaggedLine.State {
    /// Puts as many of the requests in line as there are tags for.
    ///
    /// - Returns: why none were.
    fileprivate mutating func begin(
        _ batch: TaggedBatch, _ requests: ArraySlice<CompactBytes>, _ ticks: UInt64?,
        _ continuation: TaggedBatch.Continuation
    ) -> TaggedBatch.End? {
        if batch.isCancelled || Task.isCancelled { return .over(.cancelled("the exchange")) }
        guard isOpen else { return .over(refusal ?? .stopping) }
        let isKept = batch.keepsOutcomes
        batch.expect(requests.count)
        for index in requests.indices {
            guard
                let id = exchanges.begin(
                    .awaitReply, ticks: ticks, at: outgoing.place, isKept: isKept)
            else { break }
            wait(TaggedLine.Caller(batch, batch.exchanges.count), id.tag)
            let head = TaggedFrame.Head(id.tag, owner: 0, keptAs: isKept ? id.serial : nil)
            outgoing.append(head, requests[index])
            batch.add(id)
        }
        guard !batch.exchanges.isEmpty else { return .full }
        unsafe batch.wait(continuation)
        return nil
    }
}

/// A part of a batch that is under way at once: whoever waits is woken by the last reply.
///
/// SAFETY: it is touched under the line's lock only, and by its caller once that is woken, and each
/// access ends before the next begins: that need not be looked at with every reply.
@safe final class TaggedBatch: @unchecked Sendable {
    typealias Continuation = UnsafeContinuation<End, Never>

    enum End: Sendable {
        case answered
        /// There is no tag left.
        case full
        case over(ConnectionError)
    }

    let keepsOutcomes: Bool
    /// The exchanges of which it consists.
    @safe @exclusivity(unchecked) private(set) var exchanges: [TaggedExchanges.ID] = []
    @safe @exclusivity(unchecked) private(set) var replies = ReplyBatch()
    private(set) var isCancelled = false
    @safe @exclusivity(unchecked) private var left = 0
    private var continuation: Continuation?

    init(keepsOutcomes: Bool) {
        self.keepsOutcomes = keepsOutcomes
    }

    /// So many exchanges follow at most.
    func expect(_ count: Int) { exchanges.reserveCapacity(count) }

    func add(_ id: TaggedExchanges.ID) { exchanges.append(id) }

    /// All are in line.
    func wait(_ continuation: Continuation) {
        left = exchanges.count
        replies.expect(left)
        unsafe self.continuation = unsafe continuation
    }

    /// The caller wants no more.
    ///
    /// - Returns: what is under way.
    func cancel() -> [TaggedExchanges.ID] {
        isCancelled = true
        return exchanges
    }

    /// A reply has come.
    ///
    /// - Returns: whether it was the last.
    func receive(_ index: Int, _ reply: UnsafeRawBufferPointer) -> Bool {
        unsafe replies.receive(index, reply)
        left -= 1
        return left == 0
    }

    /// No reply comes.
    ///
    /// - Returns: whether it was the last that was waited for.
    func fail(_ index: Int, _ error: ConnectionError) -> Bool {
        replies.fail(index, error)
        left -= 1
        return left == 0
    }

    /// Wakes who waits.
    func tell() {
        unsafe continuation?.resume(returning: .answered)
        unsafe continuation = nil
    }
}
