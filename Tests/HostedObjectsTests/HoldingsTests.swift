import Testing

@testable import HostedObjects

@Suite struct HoldingsTests {
    private var call = Call(incarnation: 5, limits: StoreLimits())

    @Test mutating func objectsThatWereDroppedDoNotGather() throws {
        var holdings = Holdings()
        let kept = try insert()
        holdings.append(kept, of: call.table)
        for _ in 0..<10_000 {
            let id = try insert()
            _ = call.table.retain(id)
            holdings.append(id, of: call.table)
            _ = call.table.release(id, at: call.now)
        }
        let all = holdings.takeAll()
        #expect(all.first == kept)
        #expect(all.count < 200)
    }

    private mutating func insert() throws -> ObjectID {
        let list = try HostedList(.none, &call)
        return try call.table.insert(list, typeid: "list", limit: 100_000)
    }
}
