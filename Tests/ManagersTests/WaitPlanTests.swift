import Testing

@testable import Managers

@Suite struct WaitPlanTests {
    @Test func aServerThatSeesClientsGoIsAskedOnceForAllTheTime() {
        var plan = WaitPlan(timeout: .seconds(3), slice: nil)
        #expect(plan.next(elapsed: .seconds(1)) == .ask(seconds: 2))
        #expect(plan.next(elapsed: .seconds(2)) == .timeIsOver)
    }

    @Test func withoutATimeoutItMayTakeForEver() {
        var plan = WaitPlan(timeout: nil, slice: nil)
        #expect(plan.next(elapsed: .zero) == .ask(seconds: nil))
    }

    @Test func anotherServerIsAskedForSlices() {
        var plan = WaitPlan(timeout: .milliseconds(1200), slice: .milliseconds(500))
        #expect(plan.next(elapsed: .zero) == .ask(seconds: 0.5))
        #expect(plan.next(elapsed: .milliseconds(500)) == .ask(seconds: 0.5))
        #expect(plan.next(elapsed: .milliseconds(1000)) == .ask(seconds: 0.2))
        #expect(plan.next(elapsed: .milliseconds(1200)) == .timeIsOver)
    }

    @Test func slicesWithoutATimeoutNeverEnd() {
        var plan = WaitPlan(timeout: nil, slice: .milliseconds(500))
        #expect(plan.next(elapsed: .zero) == .ask(seconds: 0.5))
        #expect(plan.next(elapsed: .seconds(1_000_000)) == .ask(seconds: 0.5))
    }

    @Test func longerThanPythonCanWaitIsAsLongAsItCan() {
        var plan = WaitPlan(timeout: .seconds(Int64.max), slice: nil)
        #expect(plan.next(elapsed: .zero) == .ask(seconds: 9e9))
    }

    @Test(arguments: [Duration?.none, .milliseconds(500)])
    func noTimeAtAllIsStillOneQuestion(_ slice: Duration?) {
        for timeout in [Duration.zero, .seconds(-1)] {
            var plan = WaitPlan(timeout: timeout, slice: slice)
            #expect(plan.next(elapsed: .seconds(1)) == .ask(seconds: 0))
            #expect(plan.next(elapsed: .seconds(1)) == .timeIsOver)
        }
    }
}
