import Pickle
import Testing

@testable import HostedObjects

@Suite struct ElementTableTests {
    private func table(_ elements: Int...) throws -> ElementTable {
        try ElementTable(elements.map { .int($0) })
    }

    @Test func elementsKeepTheOrderInWhichTheyCame() throws {
        let table = try table(3, 1, 3, 2)
        #expect(table.elements == [.int(3), .int(1), .int(2)])
        #expect(try table.remove(.int(1)))
        #expect(try !table.remove(.int(1)))
        try table.insert(.int(1))
        #expect(table.elements == [.int(3), .int(2), .int(1)])
        #expect(table.removeLast() == .int(1))
        table.removeAll()
        #expect(table.removeLast() == nil)
    }

    @Test func tablesAreCombined() throws {
        let (left, right) = (try table(1, 2, 3), try table(2, 4))
        #expect(try SetOperation.and(left, right) == [.int(2)])
        #expect(try SetOperation.or(left, right) == [1, 2, 3, 4].map { .int($0) })
        #expect(try SetOperation.minus(left, right) == [.int(1), .int(3)])
        #expect(try SetOperation.xor(left, right) == [1, 3, 4].map { .int($0) })
    }

    @Test func tablesAreCompared() throws {
        #expect(try table(1).isSubset(of: table(2, 1)))
        #expect(try table(1).isSubset(of: table(1)))
        #expect(try !table(1).isProperSubset(of: table(1)))
        #expect(try !table(1, 3).isProperSubset(of: table(2, 1, 4)))
    }
}
