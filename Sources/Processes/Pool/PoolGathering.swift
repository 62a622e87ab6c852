internal import Synchronization

/// Gathers what comes of the parcels of a job, until all have come.
final class PoolGathering: Sendable {
    typealias Outcome = Result<[UInt8], ProcessError>

    private struct State {
        var outcomes: [Outcome?]
        var left: Int
        var done = 0
    }

    /// How many inputs each parcel has.
    private let counts: [Int]
    private let progress: PoolProgress.Handler?
    private let total: Int
    private let completion: @Sendable ([Outcome?]) -> Void
    private let state: Mutex<State>

    /// - Parameter completion: told what has come, once all has.
    init(
        _ counts: [Int], progress: PoolProgress.Handler?,
        _ completion: @escaping @Sendable ([Outcome?]) -> Void
    ) {
        self.counts = counts
        self.progress = progress
        self.completion = completion
        total = counts.reduce(0, +)
        state = Mutex(
            State(outcomes: Array(repeating: nil, count: counts.count), left: counts.count))
        progress?(PoolProgress(done: 0, total: total))
        if counts.isEmpty { completion([]) }
    }

    /// A parcel has come back.
    func came(_ index: Int, _ outcome: Outcome) {
        let complete = state.withLock { state -> [Outcome?]? in
            state.outcomes[index] = outcome
            state.left -= 1
            state.done += counts[index]
            // Under the lock, so that nobody is told of less after more.
            progress?(PoolProgress(done: state.done, total: total))
            guard state.left == 0 else { return nil }
            defer { state.outcomes = [] }
            return state.outcomes
        }
        if let complete { completion(complete) }
    }

    /// What came of all inputs, or the first thing that went wrong.
    ///
    /// - Parameter counts: how many inputs each parcel has.
    static func outputs<Output: Codable & Sendable>(
        _ outcomes: [Outcome?], of counts: [Int], as type: Output.Type
    ) -> Result<[Output], ProcessError> {
        var outputs: [Output] = []
        outputs.reserveCapacity(counts.reduce(0, +))
        do throws(ProcessError) {
            for (outcome, count) in zip(outcomes, counts) {
                guard let message = try outcome?.get() else { continue }
                outputs += try PoolMessage.outputs(message, of: count, as: type)
            }
            return .success(outputs)
        } catch {
            return .failure(error)
        }
    }
}
