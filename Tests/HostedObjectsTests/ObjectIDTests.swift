import Testing

@testable import HostedObjects

@Suite struct ObjectIDTests {
    @Test func itsPartsComeBackFromItsText() throws {
        let id = ObjectID(incarnation: 0xABC_DEF, generation: 0x3_FFFF, slot: 0x3F_FFFF)
        let read = try #require(ObjectID(id.ident))
        #expect(read == id)
        #expect(read.slot == 0x3F_FFFF)
        #expect(read.generation == 0x3_FFFF)
    }

    @Test(arguments: [0, 1, 0x80_0000, 0xFF_FFFF, UInt32.max])
    func itsTextHasSixteenDigits(incarnation: UInt32) {
        #expect(ObjectID(incarnation: incarnation, generation: 1, slot: 0).ident.count == 16)
    }

    @Test(arguments: [
        "", "0", "800000000000000", "80000000000000000", "8000000000000G00", "8000000000000A00",
        "0x80000000000000", "80000000 0000000",
    ])
    func otherTextsAreNoIdents(text: String) {
        #expect(ObjectID(text) == nil)
    }
}
