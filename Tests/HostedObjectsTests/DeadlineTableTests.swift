import Testing

@testable import HostedObjects

@Suite struct DeadlineTableTests {
    private func at(_ time: UInt64) -> Instant { Instant(nanoseconds: time) }

    @Test func whatIsDueFirstComesFirst() {
        var table = DeadlineTable<Int, String>()
        table.set(1, "late", at: at(30))
        table.set(2, "soon", at: at(10))
        table.set(3, "next", at: at(20))
        #expect(table.next == at(10))
        #expect(table.takeDue(at: at(9)) == nil)
        #expect(table.takeDue(at: at(30))?.value == "soon")
        #expect(table.takeDue(at: at(30))?.value == "next")
        #expect(table.takeDue(at: at(30))?.value == "late")
        #expect(table.isEmpty)
    }

    @Test func tiesGoByTheKey() {
        var table = DeadlineTable<Int, Int>()
        for key in [5, 3, 4, 1, 2] { table.set(key, key, at: at(7)) }
        var keys: [Int] = []
        while let (key, _) = table.takeDue(at: at(7)) { keys.append(key) }
        #expect(keys == [1, 2, 3, 4, 5])
    }

    @Test func aKeyStandsOnce() {
        var table = DeadlineTable<Int, Int>()
        table.set(1, 1, at: at(10))
        table.set(2, 2, at: at(20))
        table.set(1, 3, at: at(30))
        #expect(table.count == 2)
        #expect(table.next == at(20))
        #expect(table[1] == 3)
        #expect(table.deadline(of: 1) == at(30))
        #expect(table.remove(2) == 2)
        #expect(table.remove(2) == nil)
        #expect(table.next == at(30))
    }

    /// Random operations against a plain list.
    @Test func itIsAsASortedListIs() {
        var random = SplitMix(seed: 7)
        var table = DeadlineTable<Int, Int>()
        var list: [Int: UInt64] = [:]
        for _ in 0..<5000 {
            let key = Int.random(in: 0..<40, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let time = UInt64.random(in: 0..<50, using: &random)
                table.set(key, key, at: at(time))
                list[key] = time
            case 2:
                #expect(table.remove(key) == (list.removeValue(forKey: key) == nil ? nil : key))
            default:
                let first = list.min { ($0.value, $0.key) < ($1.value, $1.key) }
                #expect(table.next == first.map { at($0.value) })
                #expect(
                    table.takeDue(at: at(25))?.key
                        == first.flatMap { $0.value <= 25 ? $0.key : nil })
                if let first, first.value <= 25 { list[first.key] = nil }
            }
            #expect(table.count == list.count)
        }
    }
}
