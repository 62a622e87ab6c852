import Testing

@testable import manager

@Suite struct LaneTests {
    private func calls(
        _ operation: BenchOperation, _ count: Int, keys: Int = 100, seed: Int = 1
    ) -> [BenchCall] {
        var lane = Lane(operation, keys: keys, limit: .calls(count), seed: seed)
        var calls: [BenchCall] = []
        while let call = lane.next(at: 0) { calls.append(call) }
        return calls
    }

    @Test func aLaneMakesAsManyCallsAsItWasTold() {
        #expect(calls(.get, 7).count == 7)
        #expect(calls(.null, 3) == [.ask, .ask, .ask])
        #expect(calls(.queuePut, 2) == [.put, .put])
        #expect(calls(.queueGet, 2) == [.take, .take])
        #expect(calls(.set, 0) == [])
    }

    @Test func whatWasBegunIsEnded() {
        #expect(calls(.lock, 3) == [.acquire, .release, .acquire, .release])
        #expect(calls(.queue, 1) == [.put, .take])
        var lane = Lane(.lock, keys: 1, limit: .time(100), seed: 1)
        #expect(lane.next(at: 99) == .acquire)
        #expect(lane.next(at: 100, isStopped: true) == .release)
        #expect(lane.next(at: 101) == nil)
    }

    @Test func aLaneEndsWhenItsTimeIsUp() {
        var lane = Lane(.null, keys: 1, limit: .time(100), seed: 1)
        #expect(lane.next(at: 99) == .ask)
        #expect(lane.next(at: 100) == nil)
    }

    @Test func aStoppedLaneEndsAtOnce() {
        var lane = Lane(.null, keys: 1, limit: .calls(9), seed: 1)
        #expect(lane.next(at: 0) == .ask)
        #expect(lane.next(at: 0, isStopped: true) == nil)
    }

    @Test func keysAreDrawnFromAllThereAre() {
        let keys = calls(.get, 1000, keys: 10).map { call in
            guard case .read(let key) = call else { return -1 }
            return key
        }
        #expect(Set(keys) == Set(0..<10))
    }

    @Test func aFifthOfAMixtureIsWritten() {
        let writes = calls(.mixed, 10_000).count { call in
            guard case .write = call else { return false }
            return true
        }
        #expect((1800...2200).contains(writes))
    }

    @Test func lanesDifferBySeedAlone() {
        #expect(calls(.get, 20, seed: 5) == calls(.get, 20, seed: 5))
        #expect(calls(.get, 20, seed: 5) != calls(.get, 20, seed: 6))
    }
}
