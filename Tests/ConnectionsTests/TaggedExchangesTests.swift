import Testing

@testable import Connections

@Suite struct TaggedExchangesTests {
    private var exchanges = TaggedExchanges(limit: 2)

    /// Begins an exchange whose request is put in line.
    private mutating func begin(
        _ rule: ExchangeInterruption = .awaitReply, ticks: UInt64? = nil
    ) -> TaggedExchanges.ID {
        let id = exchanges.begin(rule, ticks: ticks) ?? TaggedExchanges.ID(tag: .max, serial: 0)
        exchanges.sent(id, at: 0)
        return id
    }

    @Test mutating func whoIsCancelledBeforeItsRequestIsInLineAsksNothing() {
        for rule in [ExchangeInterruption.abandonReply, .halfClose, .awaitReply] {
            let id = exchanges.begin(rule, ticks: 5) ?? TaggedExchanges.ID(tag: .max, serial: 0)
            #expect(exchanges.interrupt(id, patience: 5) == .nothing)
            #expect(!exchanges.isWaiting(id))
            #expect(exchanges.count == 0)
            #expect(exchanges.watched == 0)
        }
    }

    @Test mutating func aTagIsUsedAgainOnceItsReplyHasCome() {
        let first = begin()
        let second = begin()
        #expect(first.tag != second.tag)
        #expect(exchanges.begin(.awaitReply, ticks: nil) == nil)
        #expect(!exchanges.hasFreeTag(.awaitReply))
        #expect(exchanges.received(first.tag, isCancelled: false, at: 0) == .reply)
        let third = begin()
        #expect(third.tag == first.tag)
        #expect(!exchanges.isWaiting(first))
        #expect(exchanges.isWaiting(third))
    }

    @Test mutating func nobodyAskedUnderATagThatIsFree() {
        #expect(exchanges.received(0, isCancelled: false, at: 0) == .unasked)
        let first = begin()
        _ = exchanges.received(first.tag, isCancelled: false, at: 0)
        #expect(exchanges.received(first.tag, isCancelled: false, at: 0) == .unasked)
        #expect(exchanges.received(5, isCancelled: false, at: 0) == .unasked)
    }

    @Test mutating func whoLeavesHasItsReplyUndone() {
        let first = begin(.abandonReply)
        #expect(exchanges.interrupt(first, patience: 5) == .askAndLeave)
        #expect(!exchanges.isWaiting(first))
        #expect(exchanges.count == 1)
        #expect(exchanges.received(first.tag, isCancelled: false, at: 0) == .unwanted)
        #expect(exchanges.count == 0)
    }

    @Test mutating func whoStaysGetsTheReplyThatWins() {
        let first = begin(.halfClose)
        #expect(exchanges.interrupt(first, patience: 5) == .askAndStay)
        #expect(exchanges.interrupt(first, patience: 5) == .nothing)
        #expect(exchanges.received(first.tag, isCancelled: false, at: 0) == .reply)
        let second = begin(.halfClose)
        _ = exchanges.interrupt(second, patience: 5)
        #expect(
            exchanges.received(second.tag, isCancelled: true, at: 0)
                == .cancelled(.cancelled("the exchange")))
    }

    @Test mutating func patienceEnds() {
        let first = begin(.awaitReply)
        #expect(exchanges.interrupt(first, patience: 2) == .stay)
        #expect(exchanges.tick().isEmpty)
        let over = exchanges.tick()
        #expect(over.map(\.id) == [first])
        #expect(over.first?.error?.code == .cancelled)
        #expect(exchanges.watched == 0)
        #expect(exchanges.received(first.tag, isCancelled: false, at: 0) == .unwanted)
    }

    @Test mutating func whoIsWatchedIsSeenToBeCancelledWithATick() throws {
        let begun = exchanges.begin(.awaitReply, ticks: nil, isWatched: true)
        let first = try #require(begun)
        exchanges.sent(first, at: 0)
        let second = begin()
        #expect(exchanges.watched == 1)
        #expect(exchanges.tick(patience: 1) { _ in false }.isEmpty)
        #expect(exchanges.tick(patience: 1) { $0 == first.tag || $0 == second.tag }.isEmpty)
        let over = exchanges.tick(patience: 1) { _ in false }
        #expect(over.map(\.id) == [first])
        #expect(over.first?.error?.code == .cancelled)
        #expect(exchanges.watched == 0)
        #expect(exchanges.isWaiting(second))
    }

    @Test mutating func timeEndsOnlyForThoseWhoHaveLittle() {
        let first = begin(ticks: 1)
        let second = begin()
        let over = exchanges.tick()
        #expect(over.map(\.id) == [first])
        #expect(over.first?.error == nil)
        #expect(exchanges.isWaiting(second))
    }

    @Test mutating func atTheEndItIsKnownWhatHasGone() {
        let first = begin()
        let second = begin()
        exchanges.sent(first, at: 0)
        exchanges.sent(second, at: 100)
        let ended = exchanges.endAll(written: 100).waiting
        #expect(ended.map(\.progress) == [.sent, .unsent])
        #expect(exchanges.count == 0)
        #expect(exchanges.received(first.tag, isCancelled: false, at: 0) == .unasked)
    }

    @Test mutating func atTheEndItIsKnownWhatTheServerHasKept() {
        let first = begin()
        let second = begin()
        exchanges.sent(first, at: 0, isKept: true)
        exchanges.sent(second, at: 100, isKept: true)
        let ended = exchanges.endAll(written: 100).waiting
        #expect(ended.map(\.progress) == [.kept(first.serial), .unsent])
    }

    /// Begins one that the server keeps, and whose caller has left.
    private mutating func abandoned(at place: UInt64) -> TaggedExchanges.ID {
        let id = begin(.abandonReply)
        exchanges.sent(id, at: place, isKept: true)
        #expect(exchanges.interrupt(id, patience: 0) == .askAndLeave)
        return id
    }

    private func named(_ id: TaggedExchanges.ID) -> TaggedExchanges.UnwantedCall {
        TaggedExchanges.UnwantedCall(tag: id.tag, number: id.serial)
    }

    @Test mutating func atTheEndItIsKnownWhatNobodyWanted() {
        exchanges = TaggedExchanges(limit: 8)
        let (first, second, third) = (abandoned(at: 0), abandoned(at: 10), abandoned(at: 90))
        // Its reply has come, and whether the server has read the order is not known.
        #expect(exchanges.received(first.tag, isCancelled: false, at: 80) == .unwanted)
        #expect(exchanges.isUndoing)
        let remains = exchanges.endAll(written: 90)
        #expect(remains.waiting.isEmpty)
        #expect(remains.unwanted == [named(first), named(second)])
        #expect(!exchanges.isWaiting(third))
        #expect(!exchanges.isUndoing)
    }

    @Test mutating func aReplyToAYoungerRequestShowsThatTheOrderWasRead() {
        exchanges = TaggedExchanges(limit: 8)
        let (first, older) = (abandoned(at: 0), begin())
        exchanges.sent(older, at: 10)
        #expect(exchanges.received(first.tag, isCancelled: false, at: 20) == .unwanted)
        #expect(exchanges.received(older.tag, isCancelled: false, at: 40) == .reply)
        #expect(exchanges.isUndoing)
        let younger = begin()
        exchanges.sent(younger, at: 40)
        #expect(exchanges.received(younger.tag, isCancelled: false, at: 50) == .reply)
        #expect(!exchanges.isUndoing)
        #expect(exchanges.endAll(written: 50).unwanted.isEmpty)
    }

    @Test mutating func whatTheServerHasCancelledGaveNothing() {
        exchanges = TaggedExchanges(limit: 8)
        let first = abandoned(at: 0)
        #expect(
            exchanges.received(first.tag, isCancelled: true, at: 20)
                == .cancelled(.cancelled("the call")))
        #expect(exchanges.endAll(written: 20).unwanted.isEmpty)
    }

    @Test mutating func whoeverWaitsCanBeAbandoned() {
        exchanges = TaggedExchanges(limit: 8)
        let (first, second) = (begin(), begin(.halfClose))
        exchanges.sent(second, at: 10, isKept: true)
        let unsent = exchanges.begin(.awaitReply, ticks: nil)
        #expect(exchanges.abandonAll().map(\.tag) == [first.tag, second.tag])
        #expect(unsent.map { exchanges.isWaiting($0) } == true)
        #expect(exchanges.count == 3)
        #expect(exchanges.endAll(written: 100).unwanted == [named(second)])
    }

    @Test mutating func whereNothingMoreIsSentRepliesStillCome() {
        let first = begin()
        let second = begin()
        exchanges.sent(second, at: 100)
        #expect(exchanges.endUnsent(after: 100).map(\.tag) == [second.tag])
        #expect(exchanges.isWaiting(first))
        #expect(exchanges.received(first.tag, isCancelled: false, at: 0) == .reply)
    }

    @Test mutating func whoWaitsLeavesTagsForWhoDoesNot() {
        var exchanges = TaggedExchanges(limit: 8)
        for _ in 0..<6 { #expect(exchanges.begin(.halfClose, ticks: nil) != nil) }
        #expect(exchanges.begin(.halfClose, ticks: nil) == nil)
        #expect(!exchanges.hasFreeTag(.abandonReply))
        #expect(exchanges.begin(.awaitReply, ticks: nil) != nil)
    }

    @Test mutating func aTimeThatIsOverBeforeTheRequestIsInLineAsksNothing() {
        let id =
            exchanges.begin(.awaitReply, ticks: 1) ?? TaggedExchanges.ID(tag: .max, serial: 0)
        #expect(exchanges.tick().isEmpty)
        #expect(!exchanges.isWaiting(id))
        #expect(exchanges.count == 0)
    }

    @Test mutating func aRequestThatWasNotPutInLineHasNotGone() {
        let first =
            exchanges.begin(.awaitReply, ticks: nil) ?? TaggedExchanges.ID(tag: .max, serial: 0)
        #expect(exchanges.endAll(written: 1000).waiting.map(\.progress) == [.unsent])
        #expect(!exchanges.isWaiting(first))
    }
}
