import Testing

@testable import Pickle

@Suite struct ReferenceTracerTests {
    /// `]` MEMOIZE `]` MEMOIZE, then what follows; slices at 0 and from 2 on.
    private func trace(_ rest: [UInt8]) throws -> [PickleSlice]? {
        let bytes: [UInt8] = [0x5D, 0x94, 0x5D, 0x94] + rest
        let slices = [
            PickleSlice(start: 0, end: 2, kind: .list),
            PickleSlice(start: 2, end: bytes.count, kind: .list),
        ]
        return try bytes.withUnsafeBytes {
            var tracer = ReferenceTracer($0)
            return try tracer.trace(slices)
        }
    }

    @Test func aSliceThatRefersToItselfKnowsItsBase() throws {
        let traced = try #require(try trace([0x68, 1, 0x61]))
        #expect(traced[0].memoBase == nil)
        #expect(traced[1].memoBase == 1)
    }

    @Test func aSliceThatRefersToNothingHasNoBase() throws {
        let traced = try #require(try trace([0x4E, 0x61]))
        #expect(traced.map(\.memoBase) == [nil, nil])
    }

    @Test(
        arguments: [[0x68, 0, 0x61], [0x68, 2, 0x61], [0x6A, 255, 255, 255, 255, 0x61]] as [[UInt8]]
    )
    func aSliceThatRefersElsewhereIsNotTraced(rest: [UInt8]) throws {
        #expect(try trace(rest) == nil)
    }

    @Test func aNumberOutOfTurnIsNotTraced() throws {
        #expect(try trace([0x71, 7]) == nil)
        #expect(try trace([0x71, 2]) != nil)
        #expect(try trace([0x72, 2, 0, 0, 0]) != nil)
    }

    @Test func aReferenceBetweenTheSlicesIsNotFollowed() throws {
        let bytes: [UInt8] = [0x5D, 0x94, 0x68, 0, 0x5D]
        let slices = [
            PickleSlice(start: 0, end: 2, kind: .list), PickleSlice(start: 4, end: 5, kind: .list),
        ]
        let traced = try bytes.withUnsafeBytes {
            var tracer = ReferenceTracer($0)
            return try tracer.trace(slices)
        }
        #expect(traced?.count == 2)
    }
}
