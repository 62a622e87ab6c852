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
}
