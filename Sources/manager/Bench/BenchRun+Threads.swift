import Sockets

extension BenchRun {
    /// A thread a lane.
    func runThreads(
        _ phase: BenchPlan.Phase, at start: Int64, into recorder: LatencyRecorder
    ) async throws {
        try await sideBySide(plan.laneCount) { number in
            try await onThread { try runThread(number, phase, at: start, into: recorder) }
        }
    }

    private func runThread(
        _ number: Int, _ phase: BenchPlan.Phase, at start: Int64, into recorder: LatencyRecorder
    ) throws {
        let object = BlockingBenchObject(objects[number])
        var lane = plan.lane(number, in: phase, at: start)
        var begin = MonotonicClock.nanoseconds
        var log = LatencyLog(recorder, lane: number, at: begin)
        while let call = lane.next(at: begin, isStopped: stop.isSet) {
            try object.perform(call, values)
            let end = MonotonicClock.nanoseconds
            log.add(from: begin, to: end)
            begin = end
        }
        log.handIn()
    }

    /// Does something on a thread of its own.
    private func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
        typealias Waiting = CheckedContinuation<Void, any Error>
        try await withCheckedThrowingContinuation { (waiting: Waiting) in
            do {
                try DedicatedThread.start(name: "mp-bench") {
                    waiting.resume(with: Result { try body() })
                }
            } catch {
                waiting.resume(throwing: error)
            }
        }
    }
}
