import Testing

@testable import Processes

/// Which worker does what.
struct PoolCoreTests {
    private var core = PoolCore(size: 2, parcelsPerWorker: nil)
    private let long: Int64 = 1_000_000

    private mutating func begin() {
        #expect(core.start() == [.start(0), .start(1)])
        #expect(core.ready(0, at: 0).isEmpty)
        #expect(core.ready(1, at: 0).isEmpty)
    }

    @Test mutating func eachWorkerHasOneParcelAndTheNextWhenItHasAnswered() {
        begin()
        #expect(core.add(10, at: 0) == [.send(10, to: 0)])
        #expect(core.add(11, at: 0) == [.send(11, to: 1)])
        #expect(core.add(12, at: 0).isEmpty)
        let (parcels, actions) = core.answered(1, at: long)
        #expect(parcels == [11])
        #expect(actions == [.send(12, to: 1)])
        #expect(!core.isIdle)
    }

    @Test mutating func whatComesBeforeWorkersAreReadyWaits() {
        _ = core.start()
        #expect(core.add(10, at: 0).isEmpty)
        #expect(core.ready(1, at: 0) == [.send(10, to: 1)])
    }

    @Test mutating func whoIsQuickGetsSeveral() {
        begin()
        for parcel in 0..<100 { _ = core.add(parcel, at: 0) }
        let (_, actions) = core.answered(0, at: 1000)
        #expect(actions.count == 32)
        #expect(actions.allSatisfy { if case .send(_, to: 0) = $0 { true } else { false } })
    }

    /// So that many parcels go in one write.
    @Test mutating func whoIsQuickGetsMoreWhenHalfOfThemAreDone() {
        begin()
        for parcel in 0..<200 { _ = core.add(parcel, at: 0) }
        _ = core.answered(0, at: 1000)
        #expect(core.answered(0, 15, at: 2000).1.isEmpty)
        let (parcels, actions) = core.answered(0, at: 3000)
        #expect(parcels == [17])
        #expect(actions.count == 16)
        #expect(core.answered(0, 99, at: 4000).parcels.count == 32)
    }

    @Test mutating func whereFewAreLeftNobodyGetsSeveral() {
        begin()
        for parcel in 0..<20 { _ = core.add(parcel, at: 0) }
        #expect(core.answered(0, at: 1000).1.count == 1)
    }

    @Test mutating func whoDiesTakesTheFirstWithIt() {
        begin()
        for parcel in 0..<100 { _ = core.add(parcel, at: 0) }
        _ = core.answered(0, at: 1000)
        // It has 2 to 33 now, of which it may have begun the first.
        let actions = core.ended(0, at: 2000)
        #expect(actions.prefix(2) == [.fail(2), .start(2)])
        #expect(core.ready(2, at: 3000) == [.send(3, to: 2)])
        let (_, next) = core.answered(2, at: 3000 + long)
        #expect(next == [.send(4, to: 2)])
    }

    @Test mutating func whatIsRepeatedComesFirst() {
        begin()
        for parcel in 0..<3 { _ = core.add(parcel, at: 0) }
        #expect(core.ended(0, at: 0) == [.fail(0), .start(2)])
        #expect(core.repeated(0, at: 0).isEmpty)
        #expect(core.ready(2, at: 0) == [.send(0, to: 2)])
    }

    @Test mutating func aWorkerIsReplacedWhenItHasDoneItsPart() {
        core = PoolCore(size: 1, parcelsPerWorker: 2)
        _ = core.start()
        _ = core.ready(0, at: 0)
        for parcel in 0..<3 { _ = core.add(parcel, at: 0) }
        #expect(core.answered(0, at: long).1 == [.send(1, to: 0)])
        #expect(core.answered(0, at: 2 * long).1 == [.retire(0)])
        #expect(core.ended(0, at: 3 * long) == [.start(1)])
        #expect(core.ready(1, at: 3 * long) == [.send(2, to: 1)])
    }

    @Test mutating func closedItEndsWhenAllIsDone() {
        begin()
        _ = core.add(10, at: 0)
        #expect(core.close(at: 0) == [.retire(1)])
        #expect(core.ended(1, at: 0).isEmpty)
        #expect(core.answered(0, at: long).1 == [.retire(0)])
        #expect(core.ended(0, at: long).isEmpty)
        #expect(core.isIdle)
    }

    @Test mutating func closedItStillReplacesWhoDies() {
        begin()
        _ = core.add(10, at: 0)
        _ = core.add(11, at: 0)
        _ = core.add(12, at: 0)
        #expect(core.close(at: 0).isEmpty)
        #expect(core.ended(0, at: 0) == [.fail(10), .start(2)])
        #expect(core.ready(2, at: 0) == [.send(12, to: 2)])
    }

    @Test mutating func itGivesUpWhereNoWorkerGetsReady() {
        _ = core.start()
        for worker in 0..<4 { #expect(!core.ended(worker, at: 0).contains(.giveUp)) }
        #expect(core.ended(4, at: 0).contains(.giveUp))
    }

    @Test mutating func whatIsWithdrawnIsNotGivenOut() {
        begin()
        for parcel in 0..<4 { _ = core.add(parcel, at: 0) }
        core.withdraw([0, 2])
        #expect(core.answered(0, at: long).1 == [.send(3, to: 0)])
        #expect(core.answered(1, at: long).1.isEmpty)
    }

    @Test mutating func whatNobodyHasIsNotAnswered() {
        begin()
        #expect(core.answered(0, at: 0).parcels.isEmpty)
        #expect(core.answered(99, at: 0).parcels.isEmpty)
        #expect(core.ended(99, at: 0).isEmpty)
    }
}
