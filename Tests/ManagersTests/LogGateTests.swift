import Testing

@testable import Managers

@Suite struct LogGateTests {
    @Test func oneLineOfAKindPassesInAWhile() {
        var gate = LogGate()
        #expect(gate.pass("a", at: 0) == 0)
        for time in 1..<100 { #expect(gate.pass("a", at: Int64(time)) == nil) }
        #expect(gate.pass("b", at: 50) == 0)
        #expect(gate.pass("a", at: LogGate.pause) == 99)
        #expect(gate.pass("a", at: LogGate.pause + 1) == nil)
        #expect(gate.pass("a", at: 2 * LogGate.pause) == 1)
    }
}
