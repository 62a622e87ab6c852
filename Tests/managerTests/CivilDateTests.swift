import Testing

@testable import manager

@Suite struct CivilDateTests {
    @Test(arguments: [
        (0, "1970-01-01"), (86_399, "1970-01-01"), (86_400, "1970-01-02"), (-1, "1969-12-31"),
        (951_782_400, "2000-02-29"), (951_868_800, "2000-03-01"), (1_767_225_599, "2025-12-31"),
        (4_107_542_400, "2100-03-01"), (-11_644_473_600, "1601-01-01"),
    ])
    func secondsAreDays(seconds: Int64, date: String) {
        #expect("\(CivilDate(seconds))" == date)
    }
}
