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

    /// Made with CPython: `hmac.new(b"k" * 200, b"m" * 300, name).hexdigest()`. Such a key is
    /// longer than any digest's blocks.
    @Test(arguments: [
        (Digest.md5, "4b733cc3cf9ddf34bcbde4e5b10623f6"),
        (.sha256, "b232c078380bb17bdc3d4d4359919b99f2239f80e1dfd5c773c5c4a64b1b81a0"),
        (
            .sha384,
            "8c69f32c6e7defd88001280aa5aa50d993222f7a8321b4d8ec44d5ff4ded6d01"
                + "0453effc3cfe36ceff41b0ab17c4a2d5"
        ),
        (.sha3_256, "f470d334c6c779d6a025ebb6aabbd5afb57521688602015c909085d1bb36c42e"),
        (
            .sha3_384,
            "1a1a3120a91f54add2164cbe8f44e8a682aac3823d1e2d14033937f2dd69e30e"
                + "e0d6bec80a0b51166814f2d51086a770"
        ),
    ])
    func aLongKeyIsDigestedFirst(digest: Digest, expected: String) throws {
        let code = try hmac(
            digest, key: [UInt8](repeating: 0x6B, count: 200),
            message: [UInt8](repeating: 0x6D, count: 300))
        #expect(code.map { hexadecimal($0) }.joined() == expected)
    }

    @Test func emptyMessagesAndKeysHaveCodesToo() throws {
        #expect(try hmac(.sha256, key: [], message: []).count == 32)
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0" + text : text
    }
}
