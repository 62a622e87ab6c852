import Testing

@testable import Pickle

@Suite struct KindMemoTests {
    @Test func numbersAreGivenInTurn() {
        var memo = KindMemo()
        memo.append(.list)
        let isNext = memo.put(.str, at: 1)
        #expect(isNext)
        #expect(memo[0] == .list)
        #expect(memo[1] == .str)
        #expect(memo[2] == nil)
        #expect(memo[-1] == nil)
    }

    @Test func aNumberMayBeGivenAgain() {
        var memo = KindMemo()
        memo.append(.list)
        let isKnown = memo.put(.dict, at: 0)
        #expect(isKnown)
        #expect(memo[0] == .dict)
    }

    @Test func anEmptyMemoHoldsNothing() {
        var memo = KindMemo()
        memo.append(.list)
        memo.removeAll()
        #expect(memo[0] == nil)
    }
}
