import Testing

@testable import Connections

@Suite struct InboxTests {
    private var inbox = Inbox(byteLimit: 1000)

    @Test mutating func messagesAndReceiversMeetInOrder() {
        #expect(inbox.receive(1) == .waits(place: 0))
        #expect(inbox.receive(2) == .waits(place: 1))
        #expect(inbox.deliver([1]) == .to(1, [1]))
        #expect(inbox.deliver([2]) == .to(2, [2]))
        #expect(inbox.deliver([3]) == .kept)
        #expect(inbox.deliver([4]) == .kept)
        #expect(inbox.receive(3) == .message([3]))
        #expect(inbox.receive(4) == .message([4]))
    }

    @Test mutating func aReceiverWhoWithdrawsTakesNoMessage() {
        _ = inbox.receive(1)
        _ = inbox.receive(2)
        inbox.withdraw(place: 0)
        #expect(inbox.deliver([1]) == .to(2, [1]))
        _ = inbox.receive(3)
        inbox.withdraw(place: 2)
        #expect(inbox.deliver([2]) == .kept)
        #expect(inbox.receive(4) == .message([2]))
    }

    @Test mutating func anAbandonedPlaceTakesItsMessageWithIt() {
        _ = inbox.receive(1)
        _ = inbox.receive(2)
        inbox.abandon(place: 0)
        #expect(inbox.deliver([1]) == .thrownAway)
        #expect(inbox.deliver([2]) == .to(2, [2]))
    }

    @Test mutating func afterTheEndWhatIsKeptIsTakenFirst() {
        #expect(inbox.deliver([1]) == .kept)
        #expect(inbox.finish(.closedByPeer) == [])
        #expect(inbox.receive(1) == .message([1]))
        #expect(inbox.receive(2) == .failed(.closedByPeer))
        #expect(inbox.hasEnded)
    }

    @Test mutating func theEndNamesThoseWhoWaitInVain() {
        _ = inbox.receive(1)
        _ = inbox.receive(2)
        _ = inbox.receive(3)
        inbox.abandon(place: 1)
        #expect(inbox.finish(.closedByPeer) == [1, 3])
        #expect(inbox.finish(.closedHere) == [])
        #expect(inbox.receive(4) == .failed(.closedByPeer))
    }

    @Test mutating func itIsFullAboveItsLimitUntilHalfIsTaken() {
        let message = Message([UInt8](repeating: 0, count: 400 - Inbox.messageOverhead))
        for _ in 0..<2 { _ = inbox.deliver(message) }
        #expect(!inbox.isFull)
        _ = inbox.deliver(message)
        #expect(inbox.isFull)
        _ = inbox.receive(1)
        #expect(inbox.isFull)
        _ = inbox.receive(2)
        #expect(!inbox.isFull)
    }

    @Test mutating func emptyMessagesFillItToo() {
        for _ in 0...1000 / Inbox.messageOverhead { _ = inbox.deliver([]) }
        #expect(inbox.isFull)
    }

    @Test mutating func receiversThatComeAndGoLeaveNothing() {
        #expect(inbox.receive(0) == .waits(place: 0))
        for id in 1...10_000 as ClosedRange<UInt64> {
            guard case .waits(let place) = inbox.receive(id) else { continue }
            #expect(place == 1)
            inbox.withdraw(place: place)
        }
    }
}
