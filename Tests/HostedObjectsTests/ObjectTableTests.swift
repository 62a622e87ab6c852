import Pickle
import Testing

@testable import HostedObjects

@Suite final class ObjectTableTests {
    private var call = Call(incarnation: 5, limits: StoreLimits())
    private let now = Instant(nanoseconds: 0)

    private func tryToInsert(limit: Int) throws -> ObjectID? {
        let list = try HostedList(.none, &call)
        return try? call.table.insert(list, typeid: "list", limit: limit)
    }

    private func insert() throws -> ObjectID {
        let id = try tryToInsert(limit: 100)
        return try #require(id)
    }

    private func retain(_ id: ObjectID) -> Bool { call.table.retain(id) }

    /// Whether the object went with the reference.
    private func release(_ id: ObjectID) -> Bool { call.table.release(id, at: now) != nil }

    @Test func theLastReferenceTakesTheObjectAlong() throws {
        let id = try insert()
        #expect(retain(id))
        #expect(retain(id))
        #expect(!release(id))
        #expect(call.table.countedObjects == 1)
        #expect(release(id))
        #expect(call.table[id] == nil)
        #expect(call.table.count == 0)
        #expect(!retain(id))
        #expect(call.table.wasHere(id))
    }

    @Test func aReleaseOfWhatNobodyCountsDoesNothing() throws {
        let id = try insert()
        #expect(!release(id))
        #expect(call.table[id] != nil)
        #expect(call.table.countedObjects == 0)
    }

    @Test func noIdentIsEverGivenTwice() throws {
        var seen: Set<String> = []
        for _ in 0..<2000 {
            let id = try insert()
            #expect(seen.insert(id.ident).inserted)
            #expect(retain(id))
            #expect(release(id))
        }
        #expect(call.table.entries.count == 1)
    }

    @Test func slotsAreUsedInTurn() throws {
        let ids = try (0..<10).map { _ in try insert() }
        for id in ids {
            #expect(retain(id))
            #expect(release(id))
        }
        #expect(try (0..<10).map { _ in try insert().slot } == Array(0..<10))
    }

    @Test func theTableHasALimit() throws {
        for _ in 0..<3 { _ = try insert() }
        #expect(try tryToInsert(limit: 3) == nil)
    }

    @Test func identsOfOtherServersWereNeverHere() throws {
        _ = try insert()
        #expect(!call.table.wasHere(ObjectID(incarnation: 6, generation: 1, slot: 0)))
        #expect(!call.table.wasHere(ObjectID(incarnation: 5, generation: 2, slot: 0)))
        #expect(!call.table.wasHere(ObjectID(incarnation: 5, generation: 1, slot: 1)))
        #expect(call.table.wasHere(ObjectID(incarnation: 5, generation: 1, slot: 0)))
    }
}
