import OpenSSL
import Testing

@Suite struct RandomBytesTests {
    @Test func asManyAsAskedForAndNeverTheSame() throws {
        let first = try randomBytes(40)
        let second = try randomBytes(40)
        #expect(first.count == 40)
        #expect(first != second)
        #expect(try randomBytes(0).isEmpty)
    }

    @Test func aNegativeCountIsAnError() {
        #expect(throws: OpenSSLError.self) { try randomBytes(-1) }
    }
}
