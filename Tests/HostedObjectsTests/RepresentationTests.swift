import Pickle
import Testing

@testable import HostedObjects

@Suite struct RepresentationTests {
    @Test func entriesAreJoined() throws {
        let items = [[PickledValue.int(1)], [.str("a")]]
        #expect(
            try Representation.join(items, opening: "[", closing: "]", between: "") == "[1, 'a']")
        let pairs = [[PickledValue.int(1), .str("a")], [.none, .int(2)]]
        #expect(
            try Representation.join(pairs, opening: "{", closing: "}", between: ": ")
                == "{1: 'a', None: 2}")
        #expect(
            try Representation.join([[PickledValue]](), opening: "[", closing: "]", between: "")
                == "[]")
    }

    /// `x = (x, x)`, sixty times.
    private static let bomb = PickledValue(
        body: [0x29] + [[UInt8]](repeating: [0x32, 0x86], count: 60).joined())

    @Test func valuesThatShareTheirPartsAreCutTogether() throws {
        let one = try Representation.of(Self.bomb)
        #expect(one.hasSuffix("..."))
        #expect(one.utf8.count < Representation.limit)
        let many = try Representation.join(
            Array(repeating: [Self.bomb], count: 100), opening: "[", closing: "]", between: "")
        // The others get no further than their own few nodes.
        #expect(many.utf8.count < one.utf8.count + 100 * 1000)
    }

    @Test func aValueReferredToOftenIsWrittenInFull() throws {
        let body =
            [0x5D, 0x28, 0x4B, 1, 0x85, 0x71, 0]
            + [[UInt8]](repeating: [0x68, 0], count: 50_000).joined() + [0x65]
        let text = try Representation.of(PickledValue(body: body))
        #expect(text.hasSuffix("(1,)]"))
        #expect(text.utf8.count == 50_001 * 6)
    }

    @Test func aLongTextIsCut() throws {
        let long = PickledValue.str(String(repeating: "x", count: 1 << 20))
        let text = try Representation.join(
            Array(repeating: [long], count: 40), opening: "[", closing: "]", between: "")
        #expect(text.hasSuffix("..."))
        #expect(text.utf8.count < Representation.limit + (2 << 20))
    }
}
