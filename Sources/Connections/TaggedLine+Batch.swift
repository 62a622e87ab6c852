internal import Sockets
internal import Synchronization

extension TaggedLine {
    /// Most requests of a batch that are under way at once, so that others have tags too.
    private static let batchLimit = 4096

    /// Sends many requests in one go, and waits until all have been answered. What the tasks'
    /// cancellation, and the timeout, mean is as with `.awaitReply`.
    ///
    /// - Returns: what came of each, in order.
    package func exchange(
        _ requests: [[UInt8]], timeout: Duration? = nil
    ) async -> [ExchangeOutcome] {
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(requests.count)
        while outcomes.count < requests.count {
            let batch = TaggedBatch()
            let rest = requests[outcomes.count...].prefix(Self.batchLimit)
            switch begin(batch, rest, timeout.map(Self.ticks(in:))) {
            case .over(let error):
                outcomes += requests[outcomes.count...].map { _ in .failure(error.unsent) }
            case .full:
                do throws(ConnectionError) {
                    try await waitForTag(.awaitReply)
                } catch {
                    outcomes += requests[outcomes.count...].map { _ in .failure(error) }
                }
            case .began(let next):
                outcomes += await withTaskCancellationHandler {
                    await batch.outcomes { proceed(next) }
                } onCancel: {
                    for id in batch.exchanges { interrupt(id) }
                }
            }
        }
        return outcomes
    }

    private enum BatchBeginning {
        case began(Next)
        case full
        case over(ConnectionError)
    }

    /// Puts as many of the requests in line as there are tags for.
    private func begin(
        _ batch: TaggedBatch, _ requests: ArraySlice<[UInt8]>, _ ticks: UInt64?
    ) -> BatchBeginning {
        guard !Task.isCancelled else { return .over(.cancelled("the exchange")) }
        let (beginning, startsTicking) = state.withLock { state -> (BatchBeginning, Bool) in
            if let refusal = state.refusal ?? (state.isStopping ? .stopping : nil) {
                return (.over(refusal), false)
            }
            var ids: [TaggedExchanges.ID] = []
            ids.reserveCapacity(requests.count)
            for request in requests {
                guard let id = state.exchanges.begin(.awaitReply, ticks: ticks) else { break }
                state.put(request, 0, id, Caller(batch, ids.count))
                ids.append(id)
            }
            guard !ids.isEmpty else { return (.full, false) }
            batch.began(ids)
            return (.began(state.whoWrites(loop)), state.needsTicks())
        }
        if startsTicking { scheduleTick() }
        return beginning
    }
}

/// The replies to a batch, as they come: whoever waits is woken by the last.
final class TaggedBatch: Sendable {
    private struct State {
        var ids: [TaggedExchanges.ID] = []
        var outcomes: [TaggedLine.Outcome?] = []
        var left = 0
        var caller: CheckedContinuation<[TaggedLine.Outcome], Never>?

        /// Everything, once nothing is missing.
        var whole: [TaggedLine.Outcome]? { left == 0 ? outcomes.compactMap(\.self) : nil }
    }

    private let state = Mutex(State())

    /// The exchanges of which it consists.
    var exchanges: [TaggedExchanges.ID] { state.withLock { $0.ids } }

    func began(_ ids: [TaggedExchanges.ID]) {
        state.withLock { state in
            state.ids = ids
            state.outcomes = Array(repeating: nil, count: ids.count)
            state.left = ids.count
        }
    }

    /// Waits for all of them, after `start` has been done.
    func outcomes(_ start: () -> Void) async -> [TaggedLine.Outcome] {
        await withCheckedContinuation { caller in
            start()
            let whole = state.withLock { state in
                if state.left > 0 { state.caller = caller }
                return state.whole
            }
            if let whole { caller.resume(returning: whole) }
        }
    }

    func received(_ index: Int, _ outcome: TaggedLine.Outcome) {
        let (caller, whole) = state.withLock { state in
            if state.outcomes[index] == nil { state.left -= 1 }
            state.outcomes[index] = outcome
            return (state.left == 0 ? state.caller.take() : nil, state.whole)
        }
        if let caller, let whole { caller.resume(returning: whole) }
    }
}
