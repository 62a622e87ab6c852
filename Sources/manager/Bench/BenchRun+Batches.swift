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
            calls.reserveCapacity(plan.depth)
            for (place, number) in numbers.enumerated() {
                if let call = lanes[place].next(at: begin, isStopped: stop.isSet) {
                    calls.append((objects[number], call))
                }
            }
            guard let manager = calls.first?.object.proxy.manager else { break }
            try await makeAtOnce(calls, manager)
            let end = MonotonicClock.nanoseconds
            for _ in calls { log.add(from: begin, to: end) }
            begin = end
        }
        log.handIn()
    }

    private func makeAtOnce(
        _ calls: [(object: BenchObject, call: BenchCall)], _ manager: Manager
    ) async throws {
        if plan.operation.givesFlags {
            let outcomes = try await manager.batch(
                calls.map { try $0.object.flagDeferred($0.call) })
            for index in calls.indices {
                let (call, outcome) = (calls[index].call, outcomes[index])
                guard try outcome.get() == call.rightFlag else { throw Complaint.wrong(call) }
            }
        } else {
            let outcomes = try await manager.batch(
                calls.map { try $0.object.bytesDeferred($0.call, values) })
            for index in calls.indices {
                let (call, outcome) = (calls[index].call, outcomes[index])
                guard call.isRight(try outcome.get(), values) else {
                    throw Complaint.wrong(call)
                }
            }
        }
    }
}
