import Testing

@testable import Connections

@Suite struct WholeFrameTests {
    @Test func theBodyIsWhatStandsBehindTheHeader() {
        let frame = WholeFrame([0, 0, 0, 3, 7, 8, 9], from: 4)
        #expect(frame.body == [7, 8, 9])
        #expect(frame.bytes(behind: 0) == [7, 8, 9])
        #expect(frame.bytes(behind: 2) == [9])
        #expect(frame.bytes(behind: 3).isEmpty)
    }

    @Test func whoKeepsTheFrameKeepsItsBytes() {
        let frame = WholeFrame([0, 1, 2], from: 1)
        let outcome = ExchangeOutcome.longReply(frame, behind: 1)
        #expect((try? outcome.get()) == [2])
        #expect((try? outcome.get()) == [2])
        #expect(frame.body == [1, 2])
    }
}
