import Managers
import Sockets
import Synchronization

/// Whether the user wants no more.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() {
        flag.store(true, ordering: .relaxed)
    }
}

/// A benchmark at work.
struct BenchRun: Sendable {
    let plan: BenchPlan
    let values: BenchValues
    /// The one that each lane calls.
    let objects: [BenchObject]
    let stop: StopFlag

    /// Runs a phase to its end.
    ///
    /// - Returns: how long it took.
    /// - Throws: what the first call that failed has thrown; the others are given up.
    func run(_ phase: BenchPlan.Phase, into recorder: LatencyRecorder) async throws -> Duration {
        let start = MonotonicClock.nanoseconds
        switch plan.door {
        case .global: try await runTasks(phase, at: start, into: recorder)
        case .loop:
            try await objects[0].proxy.manager.run {
                try await runTasks(phase, at: start, into: recorder)
            }
        case .batch:
            try await objects[0].proxy.manager.run {
                try await runBatches(phase, at: start, into: recorder)
            }
        case .blocking: try await runThreads(phase, at: start, into: recorder)
        }
        return .nanoseconds(MonotonicClock.nanoseconds - start)
    }

    /// A task a lane, on the threads that tasks have unless they are told otherwise.
    private func runTasks(
        _ phase: BenchPlan.Phase, at start: Int64, into recorder: LatencyRecorder
    ) async throws {
        try await sideBySide(plan.laneCount) { number in
            try await runLane(number, phase, at: start, into: recorder)
        }
    }

    /// Does something so many times at once; the first that fails ends all.
    func sideBySide(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            try await group.waitForAll()
        }
    }

    /// One call after the other, on whatever thread the caller is.
    private func runLane(
        _ number: Int, _ phase: BenchPlan.Phase, at start: Int64, into recorder: LatencyRecorder
    ) async throws {
        let object = objects[number]
        var lane = plan.lane(number, in: phase, at: start)
        var begin = MonotonicClock.nanoseconds
        var log = LatencyLog(recorder, lane: number, at: begin)
        while let call = lane.next(at: begin, isStopped: stop.isSet) {
            try await object.perform(call, values)
            // One look at the clock a call: its end is the beginning of the next.
            let end = MonotonicClock.nanoseconds
            log.add(from: begin, to: end)
            begin = end
        }
        log.handIn()
    }
}
