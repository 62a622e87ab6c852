import Testing

@testable import HostedObjects

@Suite struct RightsTests {
    @Test func whatNobodyAllowsIsNotAllowed() {
        #expect(AccessTable()["jobs"] == [])
    }

    @Test func anExactNameCountsMoreThanABeginning() {
        var table = AccessTable()
        table.allow([.reading, .changing], "job*")
        table.allow(.reading, "jobs")
        #expect(table["jobs"] == .reading)
        #expect(table["job"] == [.reading, .changing])
        #expect(table["jo"] == [])
    }

    @Test func aLongerBeginningCountsMoreThanAShorterOne() {
        var table = AccessTable()
        table.allow(.reading, "*")
        table.allow([], "secret-*")
        table.allow(.changing, "secret-tmp*")
        #expect(table["anything"] == .reading)
        #expect(table["secret-key"] == [])
        #expect(table["secret-tmp1"] == .changing)
    }

    @Test func whatIsAllowedTwiceAddsUp() {
        var table = AccessTable()
        table.allow(.reading, "dict")
        table.allow(.making, "dict")
        table.allow(.reading, "l*")
        table.allow(.changing, "l*")
        #expect(table["dict"] == [.reading, .making])
        #expect(table["list"] == [.reading, .changing])
    }

    /// What looks the same and is not is another's.
    @Test func namesAreComparedByTheirBytes() {
        var table = AccessTable()
        table.allow(.reading, "caf\u{E9}")
        table.allow(.changing, "\u{E9}t\u{E9}-*")
        #expect(table["caf\u{E9}"] == .reading)
        #expect(table["cafe\u{301}"] == [])
        #expect(table["\u{E9}t\u{E9}-1"] == .changing)
        #expect(table["e\u{301}te\u{301}-1"] == [])
        // A mark after the star makes one character of both for Swift.
        table.allow(.making, "x*\u{301}")
        #expect(table["xy"] == [])
    }
}
