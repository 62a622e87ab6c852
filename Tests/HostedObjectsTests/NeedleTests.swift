import Pickle
import Testing

@testable import HostedObjects

/// What many values that are made to be slow may cost one call.
@Suite struct NeedleTests {
    /// Lists in a ring, which compare to the end of the fuel with a ring of another length.
    private func ring(_ length: Int) throws -> PickleValue {
        var body: [UInt8] = [0x5D, 0x71, 0]
        body += [UInt8](repeating: 0x5D, count: length - 1) + [0x68, 0]
        return try PickleValue(body: body + [UInt8](repeating: 0x61, count: length))
    }

    @Test func manyComparisonsShareTheirFuel() throws {
        var needle = try Needle(PickledValue(try ring(331)))
        let other = PickledValue(try ring(337))
        let error = #expect(throws: Failure.self) {
            for _ in 0..<100 { _ = try needle.matches(other) }
        }
        #expect(error?.line == "ValueError: over the limit: comparisons")
        #expect(error?.limit == .pickles)
    }

    @Test func ordinaryValuesTakeNoFuel() throws {
        let value: PickleValue = [1, ["a": [2, "b"]], .tuple([3.5, .none, .set([1, 2])])]
        var limits = PickleLimits()
        limits.comparisons = 0
        var fuel = ComparisonFuel(limits: limits)
        for _ in 0..<100 {
            let twin = try PickleValue(body: value.body())
            #expect(try PickleValue(body: value.body()).isEqual(to: twin, &fuel))
        }
    }

    @Test(arguments: ["count", "remove"])
    func aCallOverManyOfThemFails(method: String) throws {
        let store = TestStore()
        let list = store.make("list")
        for _ in 0..<20 { list("append", .tuple([try ring(337), 1])) }
        #expect(
            list(method, .tuple([try ring(331), 2]))
                == .raises("ValueError", "over the limit: comparisons"))
        #expect(list("__len__") == .returns(20))
    }

    @Test func aSortOfManyOfThemFailsAndLosesNothing() throws {
        let store = TestStore()
        let list = store.make("list")
        for length in 320..<340 { list("append", .tuple([try ring(length), .int(length)])) }
        #expect(list("sort") == .raises("ValueError", "over the limit: comparisons"))
        #expect(list("__len__") == .returns(20))
    }
}
