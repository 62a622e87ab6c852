import Pickle
import Testing

@testable import HostedObjects

@Suite struct ExpansionTests {
    private static let failure = Failure.overLimit(.expansion, "268435456 bytes of items")

    /// `range(256, 256 + count)`: none of the ints is shared, each has a body of three bytes.
    private func range(_ count: Int) -> PickleValue { .range(256, 256 + count) }

    @Test func itemsFitUpToTheLimit() throws {
        var fitting = Expansion(limit: 10 * (Expansion.itemSize + 3))
        #expect(try range(10).elements(&fitting).count == 10)
        var tooSmall = Expansion(limit: 10 * (Expansion.itemSize + 3) - 1)
        #expect(throws: Self.failure) { try range(10).elements(&tooSmall) }
    }

    @Test(arguments: [1000, 1 << 40, Int.max - 256])
    func aRangeTooLongIsRefusedBeforeItIsMade(count: Int) {
        var expansion = Expansion(limit: 100 * Expansion.itemSize)
        #expect(throws: Self.failure) { try range(count).elements(&expansion) }
    }

    @Test func whatIsSharedCostsItsPlaceOnly() throws {
        let value = PickleValue.list([.none, true, 7, 255, .tuple([])])
        var expansion = Expansion(limit: 5 * 8)
        #expect(try value.elements(&expansion).count == 5)
        for value in ["abcde", .bytes([1, 2, 3, 4, 5])] as [PickleValue] {
            var fitting = Expansion(limit: 5 * 8)
            #expect(try value.elements(&fitting).count == 5)
            var tooSmall = Expansion(limit: 5 * 8 - 1)
            #expect(throws: Self.failure) { try value.elements(&tooSmall) }
        }
    }

    /// One text of 100 kB, referred to 10,000 times.
    private var echo: [UInt8] {
        let text = PickledValue.str(String(repeating: "x", count: 100_000)).body
        return [0x5D, 0x28] + text + [0x71, 0]
            + [[UInt8]](repeating: [0x68, 0], count: 10_000).joined() + [0x65]
    }

    @Test func oneTextManyTimesIsRefused() throws {
        #expect(throws: Self.failure) { try PickleValue(body: echo).elements() }
        let pairs: [UInt8] = [0x7D, 0x28] + [0x4B, 1] + echo + [0x75]
        #expect(try PickleValue(body: pairs).elements().count == 1)
    }

    @Test func whatTakesTimeToWriteCounts() throws {
        let value: PickleValue = [[1, [2]], 3]
        let item = PickledValue([1, [2]]).body.count + 4 * Expansion.partSize
        var fitting = Expansion(limit: Expansion.itemSize + item + 8)
        #expect(try value.elements(&fitting).count == 2)
        var tooSmall = Expansion(limit: Expansion.itemSize + item + 7)
        #expect(throws: Self.failure) { try value.elements(&tooSmall) }
    }

    @Test func manyTimesTheRequestsOwnSizeIsAllowed() throws {
        let value = try PickleValue(body: echo)
        #expect(StoreLimits.expansionFactor * value.pickleSize < StoreLimits.expansion)
        let large = PickleValue.bytes([UInt8](repeating: 7, count: 9 << 20))
        var expansion = Expansion(of: large)
        try expansion.add(bytes: StoreLimits.expansionFactor * 9 << 20)
        #expect(throws: Self.failure) { try expansion.add(bytes: 1) }
    }

    private func nested(_ name: String, levels: Int) -> PickleValue {
        (0..<levels).reduce([1]) { inner, _ in .reduce(.builtin(name), [inner]) }
    }

    @Test func iteratorsOfIteratorsHaveALimit() throws {
        let limit = Expansion.depthLimit
        #expect(try nested("iter", levels: limit).elements() == [.int(1)])
        for name in ["iter", "reversed"] {
            let error = #expect(throws: Failure.self) {
                try nested(name, levels: limit + 1).elements()
            }
            #expect(error?.name == "RecursionError")
        }
        let array = PickleValue.global(module: "array", name: "array")
        let arrays = (0...limit).reduce(PickleValue.none) { inner, _ in
            .reduce(array, ["b", inner])
        }
        #expect(throws: Failure.self) { try arrays.elements() }
    }
}
