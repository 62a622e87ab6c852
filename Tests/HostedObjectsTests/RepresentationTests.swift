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

    @Test func aLongTextIsCut() throws {
        let long = PickledValue.str(String(repeating: "x", count: 1 << 20))
        let text = try Representation.join(
            Array(repeating: [long], count: 40), opening: "[", closing: "]", between: "")
        #expect(text.hasSuffix("..."))
        #expect(text.utf8.count < Representation.limit + (2 << 20))
    }
}
