import OpenSSL
import Testing

@Suite struct DigestTests {
    /// Made with CPython: `hmac.new(b"Jefe", b"what do ya want for nothing?", name).hexdigest()`,
    /// the second case of RFC 2202 and RFC 4231.
    @Test(arguments: [
        (Digest.md5, "750c783e6ab0b503eaa86e310a5db738"),
        (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            .sha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
                + "8e2240ca5e69e2c78b3239ecfab21649"
        ),
        (.sha3_256, "c7d4072e788877ae3596bbb0da73b887c9171f93095b294ae857fbe2645e1ba5"),
        (
            .sha3_384,
            "f1101f8cbf9766fd6764d2ed61903f21ca9b18f57cf3e1a23ca13508a93243ce"
                + "48c045dc007f26a21b3f5e0e9df4c20a"
        ),
    ])
    func codesAreThoseOfThePublishedVectors(digest: Digest, expected: String) throws {
        let code = try hmac(
            digest, key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
        #expect(code.map { hexadecimal($0) }.joined() == expected)
        #expect(code.count == digest.byteCount)
    }

    @Test func emptyMessagesAndKeysHaveCodesToo() throws {
        #expect(try hmac(.sha256, key: [], message: []).count == 32)
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }
}
