import Pickle
import Testing

@testable import HostedObjects

@Suite struct WaiterTableTests {
    private func at(_ nanoseconds: UInt64) -> Instant { Instant(nanoseconds: nanoseconds) }

    private func append(
        _ table: inout WaiterTable, _ list: WaiterListID, slot: UInt32,
        until deadline: Instant? = nil
    ) -> WaiterID {
        table.append(
            session: SessionID(slot: slot, serial: 1), object: .none, asked: .none, item: nil,
            timeUp: .returns(false), deadline: deadline, to: list)
    }

    @Test func whoComesFirstStandsFirst() {
        var table = WaiterTable()
        let line = table.makeList()
        let waiters = (0..<3).map { append(&table, line, slot: $0) }
        #expect(table.first(line) == waiters[0])
        #expect(table.remove(waiters[1])?.session.slot == 1)
        #expect(table.remove(waiters[0])?.session.slot == 0)
        #expect(table.first(line) == waiters[2])
        #expect(table.remove(waiters[2])?.session.slot == 2)
        #expect(table.first(line) == nil)
        #expect(table.isEmpty(line))
    }

    @Test func aWaiterThatIsGoneIsNotFoundAgain() {
        var table = WaiterTable()
        let line = table.makeList()
        let gone = append(&table, line, slot: 0, until: at(5))
        #expect(table.remove(gone) != nil)
        let next = append(&table, line, slot: 0)
        #expect(gone != next)
        #expect(table[gone] == nil)
        #expect(table.remove(gone) == nil)
        #expect(table.nextDeadline == nil)
        #expect(table.count == 1)
    }

    @Test func deadlinesComeInOrderAndTiesByAge() {
        var table = WaiterTable()
        let line = table.makeList()
        let late = append(&table, line, slot: 0, until: at(30))
        let first = append(&table, line, slot: 1, until: at(10))
        let second = append(&table, line, slot: 2, until: at(10))
        _ = append(&table, line, slot: 3)
        #expect(table.nextDeadline == at(10))
        #expect(table.overdue(at: at(9)) == nil)
        #expect(table.overdue(at: at(10)) == first)
        _ = table.remove(first)
        #expect(table.overdue(at: at(10)) == second)
        _ = table.remove(second)
        #expect(table.overdue(at: at(10)) == nil)
        #expect(table.overdue(at: at(30)) == late)
    }

    /// Random comings and goings against plain arrays.
    @Test func itBehavesAsPlainArraysWould() {
        struct Model {
            let id: WaiterID
            let line: Int
            let deadline: Instant?
        }
        var random = SplitMix(seed: 11)
        var table = WaiterTable()
        let lines = (0..<5).map { _ in table.makeList() }
        var model: [Model] = []
        var now: UInt64 = 0
        // One expectation a step would take most of the time.
        var agrees = true
        for step in 0..<5000 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let line = Int.random(in: lines.indices, using: &random)
                let wait = UInt64.random(in: 0..<200, using: &random)
                let deadline = wait < 150 ? at(now + wait) : nil
                let id = append(&table, lines[line], slot: UInt32(step), until: deadline)
                model.append(Model(id: id, line: line, deadline: deadline))
            case 5..<8:
                guard let gone = model.randomElement(using: &random) else { continue }
                agrees = table.remove(gone.id)?.deadline == gone.deadline && agrees
                model.removeAll { $0.id == gone.id }
            default:
                now += UInt64.random(in: 0..<20, using: &random)
                while let id = table.overdue(at: at(now)) {
                    let due = model.compactMap(\.deadline).min()
                    agrees = model.first { $0.deadline == due }?.id == id && agrees
                    _ = table.remove(id)
                    model.removeAll { $0.id == id }
                }
            }
            agrees = table.count == model.count && agrees
            agrees = table.nextDeadline == model.compactMap(\.deadline).min() && agrees
            for (index, line) in lines.enumerated() {
                agrees = table.first(line) == model.first { $0.line == index }?.id && agrees
            }
            guard agrees else { break }
        }
        #expect(agrees)
    }

    @Test func aWaiterMovesToTheEndOfAnotherLine() {
        var table = WaiterTable()
        let (first, second) = (table.makeList(), table.makeList())
        let moving = append(&table, first, slot: 0, until: at(5))
        let staying = append(&table, first, slot: 1, until: at(7))
        let there = append(&table, second, slot: 2)
        table.move(moving, to: second, Resumption(depth: 2))
        #expect(table.first(first) == staying)
        #expect(table.count(of: first) == 1)
        #expect(table.count(of: second) == 2)
        #expect(table.nextDeadline == at(7))
        #expect(table.overdue(at: at(6)) == nil)
        #expect(table.remove(there)?.session.slot == 2)
        #expect(table.first(second) == moving)
        #expect(table.remove(moving)?.resumption == Resumption(depth: 2))
        #expect(table.isEmpty(second))
        #expect(table.count == 1)
    }
}
