import Testing

@testable import Processes

/// What the word of a lock says, and when its waiters look up.
struct LockStateTests {
    private let one: UInt64 = 0x1_0000_0010
    private let other: UInt64 = 0x2_0000_0020

    @Test func aFreeLockIsTakenAndSaysByWhom() {
        let taken = LockState.free.taken(by: one, hasWaited: false)
        #expect(taken.owner == one)
        #expect(!taken.isWaitedFor && !taken.isInherited)
    }

    @Test func whoHasWaitedKnowsThatOthersMay() {
        #expect(LockState.free.taken(by: one, hasWaited: true).isWaitedFor)
        #expect(LockState(bits: one).awaited.taken(by: other, hasWaited: false).isWaitedFor)
    }

    @Test func whatTheDeadHadIsInherited() {
        let taken = LockState(bits: one).taken(by: other, hasWaited: false)
        #expect(taken.owner == other && taken.isInherited)
    }

    @Test func looksComeSoonAtFirstAndThenOftenEnough() {
        var patience = Patience(until: .max)
        var now: Int64 = 0
        var spans: [Int64] = []
        while spans.count < 8, let next = patience.next(now: now) {
            spans.append((next - now) / 1_000_000)
            now = next
        }
        #expect(spans == [2, 4, 8, 16, 32, 50, 50, 50])
    }

    @Test func theLastLookIsAtTheDeadline() {
        var patience = Patience(until: 3_000_000)
        #expect(patience.next(now: 0) == 2_000_000)
        #expect(patience.next(now: 2_000_000) == 3_000_000)
        #expect(patience.next(now: 3_000_000) == nil)
    }
}
