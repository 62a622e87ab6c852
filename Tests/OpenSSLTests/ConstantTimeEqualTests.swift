import OpenSSL
import Testing

@Suite struct ConstantTimeEqualTests {
    @Test func equalBytesAreEqualAndOthersAreNot() {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
    }
}
