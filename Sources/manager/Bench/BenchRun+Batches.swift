import Managers
import Sockets

extension BenchRun {
    /// A task a lane, each with `depth` calls in a batch; all of them take as long as the batch.
    func runBatches(
        _ phase: BenchPlan.Phase, at start: Int64, into recorder: LatencyRecorder
    ) async throws {
        try await sideBySide(plan.tasks) { task in
            try await runBatches(ofTask: task, phase, at: start, into: recorder)
        }
    }

    private func runBatches(
        ofTask task: Int, _ phase: BenchPlan.Phase, at start: Int64,
        into recorder: LatencyRecorder
    ) async throws {
        let numbers = task * plan.depth..<(task + 1) * plan.depth
        var lanes = numbers.map { plan.lane($0, in: phase, at: start) }
        var begin = MonotonicClock.nanoseconds
        var log = LatencyLog(recorder, lane: task, at: begin)
        while true {
            var calls: [(object: BenchObject, call: BenchCall)] = []
            for (place, number) in numbers.enumerated() {
                if let call = lanes[place].next(at: begin, isStopped: stop.isSet) {
                    calls.append((objects[number], call))
                }
            }
            guard let manager = calls.first?.object.proxy.manager else { break }
            let outcomes = try await manager.batch(
                calls.map { call in try call.object.deferred(call.call, values) })
            for ((_, call), outcome) in zip(calls, outcomes) {
                guard try outcome.get() == .right else { throw Complaint.wrong(call) }
            }
            let end = MonotonicClock.nanoseconds
            for _ in calls { log.add(from: begin, to: end) }
            begin = end
        }
        log.handIn()
    }
}
