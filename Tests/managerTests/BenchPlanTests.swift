import Testing

@testable import manager

@Suite struct BenchPlanTests {
    private func calls(_ plan: BenchPlan, _ phase: BenchPlan.Phase) -> Int {
        (0..<plan.laneCount).reduce(0) { sum, number in
            var lane = plan.lane(number, in: phase, at: 0)
            var count = 0
            while lane.next(at: 0) != nil { count += 1 }
            return sum + count
        }
    }

    @Test func theCallsAreSharedOut() {
        let plan = BenchPlan(operation: .get, tasks: 3, depth: 5, length: .calls(1001))
        #expect(calls(plan, .measured) == 1001)
        #expect(calls(plan, .warmUp) == 101)
        #expect(plan.phases == [.warmUp, .measured])
    }

    @Test func withoutWarmUpThereIsNone() {
        let plan = BenchPlan(operation: .get, length: .calls(10), warmUp: 0)
        #expect(plan.phases == [.measured])
    }

    @Test func whatIsTakenOutWasPutInBefore() {
        var plan = BenchPlan(operation: .queueGet, tasks: 4, length: .calls(103), warmUp: 0.5)
        #expect(plan.phases == [.fill, .warmUp, .measured])
        #expect(calls(plan, .fill) == calls(plan, .warmUp) + calls(plan, .measured))
        plan.warmUp = 0
        #expect(calls(plan, .fill) == 103)
    }

    @Test func thePhasesOfATimedRunEndInTime() {
        let plan = BenchPlan(operation: .null, length: .time(.seconds(2)), warmUp: 0.25)
        var warmUp = plan.lane(0, in: .warmUp, at: 1_000)
        #expect(warmUp.next(at: 500_000_999) != nil)
        #expect(warmUp.next(at: 500_001_000) == nil)
        var measured = plan.lane(0, in: .measured, at: 1_000)
        #expect(measured.next(at: 2_000_000_999) != nil)
        #expect(measured.next(at: 2_000_001_000) == nil)
    }

    @Test func tasksAreSpreadOverConnections() {
        let plan = BenchPlan(
            operation: .get, connections: 2, tasks: 4, depth: 2, length: .calls(1))
        #expect((0..<8).map(plan.connection(ofLane:)) == [0, 0, 1, 1, 0, 0, 1, 1])
    }

    @Test func lanesHaveLocksOfTheirOwnUnlessTheyAreToShare() {
        var plan = BenchPlan(operation: .lock, tasks: 3, length: .calls(1))
        #expect((0..<3).map(plan.object(ofLane:)) == [0, 1, 2])
        plan.keys = 2
        #expect((0..<3).map(plan.object(ofLane:)) == [0, 1, 0])
        plan.keys = 100
        #expect(plan.objectCount == 3)
    }

    @Test func thereIsOneQueueAndOneDictUnlessAskedFor() {
        var plan = BenchPlan(operation: .queuePut, tasks: 3, length: .calls(1))
        #expect(plan.objectCount == 1)
        plan.keys = 2
        #expect(plan.objectCount == 2)
        plan.operation = .set
        #expect(plan.objectCount == 1)
        #expect(plan.keyCount == 2)
    }
}
