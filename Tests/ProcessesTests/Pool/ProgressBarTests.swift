import Testing

@testable import Processes

struct ProgressBarTests {
    private func line(_ done: Int, of total: Int?, seconds: Double, title: String = "x") -> String {
        ProgressBar.line(
            title, PoolProgress(done: done, total: total), nanoseconds: Int64(seconds * 1e9))
    }

    @Test func itShowsHowFarHowFastAndHowLongStill() {
        #expect(
            line(512, of: 1024, seconds: 5.5, title: "thumbnails")
                == "thumbnails  [###############               ]   50%  512/1024  93.1/s  0:06")
    }

    @Test func atTheEndItShowsHowLongItTook() {
        #expect(line(10, of: 10, seconds: 3700).hasSuffix("100%  10/10  0.0/s  1:01:40"))
    }

    @Test func atTheBeginningNobodyKnowsHowLong() {
        #expect(line(0, of: 10, seconds: 0).hasSuffix("  0%  0/10  0.0/s"))
    }

    @Test func aTotalThatIsNotKnownIsNotShown() {
        #expect(line(30, of: nil, seconds: 2) == "x  30  15.0/s  0:02")
    }

    @Test func nothingToDoIsAllDone() {
        #expect(line(0, of: 0, seconds: 1).contains("100%  0/0"))
    }
}
