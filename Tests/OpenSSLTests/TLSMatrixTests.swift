import OpenSSL
import Testing

/// Who is let in by whom, and with which words who is not.
@Suite struct TLSMatrixTests {
    private let authority: Authority
    private let other: Authority

    init() throws {
        authority = try Authority()
        other = try Authority("other")
    }

    private func meet(
        _ client: TLSContext, _ server: TLSContext, names: [String] = ["localhost"]
    ) throws -> (client: OpenSSLError?, server: OpenSSLError?) {
        var pair = try SessionPair(client, server, names: names)
        return pair.shake()
    }

    // MARK: The server's certificate

    private func judge(
        _ identity: TLSSetup.Identity, names: [String] = ["localhost"]
    ) throws -> OpenSSLError.Code? {
        let outcome = try meet(authority.client(), authority.server(identity), names: names)
        #expect((outcome.client == nil) == (outcome.server == nil))
        return outcome.client?.code
    }

    @Test func aServerOfTheAuthorityIsTrusted() throws {
        #expect(try judge(authority.issue(.server)) == nil)
    }

    @Test func anExpiredServerIsNot() throws {
        #expect(try judge(authority.issue(.server, days: -1, startsIn: -9)) == .expired)
    }

    @Test func aServerOfTheFutureIsNot() throws {
        #expect(try judge(authority.issue(.server, startsIn: 2)) == .notYetValid)
    }

    @Test func aServerOfAnotherNameIsNot() throws {
        let identity = try authority.issue(.server, names: ["example.org", "10.0.0.1"])
        #expect(try judge(identity) == .wrongName)
        #expect(try judge(identity, names: ["10.0.0.2"]) == .wrongName)
        #expect(try judge(identity, names: ["10.0.0.1"]) == nil)
        #expect(try judge(identity, names: ["nobody.org", "example.org"]) == nil)
    }

    @Test func aServerOfAnotherAuthorityIsNot() throws {
        #expect(try judge(other.issue(.server)) == .unknownAuthority)
    }

    @Test func aServerWithNobodyBehindItIsNot() throws {
        var maker = CertificateMaker(.server, name: "alone")
        maker.names = ["localhost"]
        #expect(try judge(maker.makeSelfSigned().identity) == .selfSigned)
    }

    @Test func aClientsCertificateIsNoServers() throws {
        #expect(try judge(authority.issue(.client)) == .untrusted)
    }

    @Test func oneLineSaysWhatIsWrong() throws {
        let outcome = try meet(authority.client(), authority.server(other.issue(.server)))
        #expect(
            outcome.client?.reason
                == "the peer's certificate is from an authority that is not trusted")
        #expect(
            outcome.server?.reason
                == "the peer refused us: it does not trust the authority of our certificate")
    }

    // MARK: Fingerprints

    @Test func aFingerprintAloneWillDo() throws {
        let identity = try other.issue(.server)
        var setup = TLSSetup(.client)
        setup.fingerprints = [try Certificate.list(pem: identity.certificates)[0].fingerprint]
        let server = try authority.server(identity)
        #expect(try meet(TLSContext(setup), server, names: []).client == nil)
        setup.fingerprints = [[UInt8](repeating: 7, count: 32)]
        #expect(
            try meet(TLSContext(setup), server, names: []).client?.code == .wrongFingerprint)
    }

    @Test func aFingerprintAndAnAuthorityMustBothBeRight() throws {
        let identity = try authority.issue(.server)
        let own = try Certificate.list(pem: identity.certificates)[0].fingerprint
        let server = try authority.server(identity)
        #expect(try meet(authority.client(fingerprints: [own]), server).client == nil)
        #expect(
            try meet(other.client(fingerprints: [own]), server).client?.code == .unknownAuthority)
    }

    // MARK: The client's certificate

    private func judge(
        client identity: TLSSetup.Identity?, _ wanted: TLSSetup.ClientCertificates
    ) throws -> (client: OpenSSLError?, server: OpenSSLError?) {
        try meet(authority.client(identity), authority.server(clients: wanted))
    }

    @Test func aClientMayShowNothingWhereNothingIsRequired() throws {
        #expect(try judge(client: nil, .none).server == nil)
        #expect(try judge(client: nil, .optional).server == nil)
        let outcome = try judge(client: nil, .required)
        #expect(outcome.server?.code == .noCertificate)
        #expect(outcome.client?.reason == "the peer refused us: it wants a certificate of ours")
    }

    @Test(arguments: [TLSSetup.ClientCertificates.optional, .required])
    func whatAClientShowsMustBeTrusted(wanted: TLSSetup.ClientCertificates) throws {
        #expect(try judge(client: authority.issue(.client), wanted).server == nil)
        #expect(
            try judge(client: other.issue(.client), wanted).server?.code == .unknownAuthority)
        let expired = try judge(
            client: authority.issue(.client, days: -1, startsIn: -9), wanted)
        #expect(expired.server?.code == .expired)
        #expect(
            expired.client?.reason == "the peer refused us: our certificate has expired")
    }

    @Test func theServerKnowsWhoTheClientIs() throws {
        let identity = try authority.issue(
            .client, name: "worker 7", names: ["w7.example.org", "spiffe://example.org/w7"])
        var pair = try SessionPair(
            authority.client(identity), authority.server(clients: .required))
        pair.shake()
        let shown = pair.server.peerCertificate
        let certificate = try #require(shown)
        #expect(certificate.commonName == "worker 7")
        #expect(certificate.names.dns == ["w7.example.org"])
        #expect(certificate.names.uris == ["spiffe://example.org/w7"])
    }
}
