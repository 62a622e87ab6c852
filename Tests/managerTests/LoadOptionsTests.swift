import ArgumentParser
import Testing

@testable import manager

@Suite struct LoadOptionsTests {
    private func plan(_ words: String...) throws -> BenchPlan {
        let bench = try Bench.parse(words + ["unix:///tmp/m.sock"])
        return bench.load.plan(bench.operation, bench.door)
    }

    @Test func aRunTakesFiveSecondsUnlessToldOtherwise() throws {
        #expect(
            try plan("get") == BenchPlan(operation: .get, keys: nil, length: .time(.seconds(5))))
    }

    @Test func everyOperationHasAName() throws {
        for operation in BenchOperation.allCases {
            #expect(try plan(operation.rawValue).operation == operation)
            #expect(BenchOperation.allValueDescriptions[operation.rawValue] != nil)
        }
        for door in Door.allCases {
            #expect(try plan("get", "--door", door.rawValue).door == door)
            #expect(Door.allValueDescriptions[door.rawValue] != nil)
        }
    }

    @Test func eachConnectionHasATask() throws {
        #expect(try plan("get", "--connections", "7").tasks == 7)
        #expect(try plan("get", "--connections", "7", "--tasks", "9").tasks == 9)
        #expect(throws: (any Error).self) {
            try plan("get", "--connections", "7", "--tasks", "6")
        }
    }

    @Test func takingNeedsACount() throws {
        #expect(try plan("queue-get").length == .calls(100_000))
        #expect(try plan("queue-get", "--count", "9").length == .calls(9))
        #expect(throws: (any Error).self) { try plan("queue-get", "--duration", "1") }
    }

    @Test(arguments: [
        ["--connections", "0"], ["--tasks", "0"], ["--depth", "0"], ["--keys", "0"],
        ["--value-size", "-1"], ["--count", "0"], ["--duration", "0"], ["--duration", "nan"],
        ["--duration", "1e9"], ["--warmup", "-0.1"], ["--warmup", "nan"], ["--warmup", "2"],
        ["--tasks", "1000000", "--depth", "2"], ["--count", "1", "--duration", "1"],
        ["--timeout", "0"], ["--door", "cellar"], ["--value-size", "9223372036854775807"],
    ])
    func aNumberThatMakesNoSenseIsRefused(_ words: [String]) {
        #expect(throws: (any Error).self) {
            try Bench.parse(["get", "unix:///tmp/m.sock"] + words)
        }
    }
}
