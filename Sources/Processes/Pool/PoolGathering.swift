internal import Synchronization

/// Gathers what comes of the parcels of a job, until all have come.
final class PoolGathering<Output: Codable & Sendable>: Sendable {
    private struct State {
        var outcomes: [Result<[UInt8], ProcessError>?]
        var left: Int
        var done = 0
    }

    /// How many inputs each parcel has.
    private let counts: [Int]
    private let result: AsyncResult<[Output]>
    private let progress: PoolProgress.Handler?
    private let total: Int
    private let state: Mutex<State>

    init(
        _ counts: [Int], as type: Output.Type, _ result: AsyncResult<[Output]>,
        progress: PoolProgress.Handler?
    ) {
        self.counts = counts
        self.result = result
        self.progress = progress
        total = counts.reduce(0, +)
        state = Mutex(
            State(outcomes: Array(repeating: nil, count: counts.count), left: counts.count))
        progress?(PoolProgress(done: 0, total: total))
        if counts.isEmpty { result.complete { .success([]) } }
    }

    /// A parcel has come back.
    func came(_ index: Int, _ outcome: Result<[UInt8], ProcessError>) {
        let complete = state.withLock { state -> [Result<[UInt8], ProcessError>?]? in
            state.outcomes[index] = outcome
            state.left -= 1
            state.done += counts[index]
            // Under the lock, so that nobody is told of less after more.
            progress?(PoolProgress(done: state.done, total: total))
            guard state.left == 0 else { return nil }
            defer { state.outcomes = [] }
            return state.outcomes
        }
        guard let complete else { return }
        result.complete { [counts] in Self.read(complete, counts) }
    }

    /// What came of all inputs, or the first thing that went wrong.
    private static func read(
        _ outcomes: [Result<[UInt8], ProcessError>?], _ counts: [Int]
    ) -> Result<[Output], ProcessError> {
        var outputs: [Output] = []
        outputs.reserveCapacity(counts.reduce(0, +))
        do throws(ProcessError) {
            for (outcome, count) in zip(outcomes, counts) {
                guard let message = try outcome?.get() else { continue }
                for each in try PoolMessage.outcomes(message, of: count, as: Output.self) {
                    outputs.append(try each.get())
                }
            }
            return .success(outputs)
        } catch {
            return .failure(error)
        }
    }
}
