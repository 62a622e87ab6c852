import Testing

@testable import Connections

@Suite struct HandshakeRosterTests {
    private var roster = HandshakeRoster<String>(limit: 2)

    @Test mutating func theOldestGoesForTheNewest() {
        #expect(roster.admit("a").dropped == nil)
        #expect(roster.admit("b").dropped == nil)
        #expect(roster.admit("c").dropped == "a")
        #expect(roster.count == 2)
    }

    @Test mutating func whoIsDoneMakesRoom() {
        let first = roster.admit("a").id
        _ = roster.admit("b")
        #expect(roster.remove(first) == "a")
        #expect(roster.remove(first) == nil)
        #expect(roster.admit("c").dropped == nil)
        #expect(roster.admit("d").dropped == "b")
    }

    @Test mutating func allGoAtOnce() {
        _ = roster.admit("a")
        _ = roster.admit("b")
        #expect(Set(roster.removeAll()) == ["a", "b"])
        #expect(roster.count == 0)
        #expect(roster.admit("c").dropped == nil)
    }
}
