import OpenSSL
import Testing

@Suite struct CertificateTests {
    @Test func whatIsMadeSaysWhatWasAsked() throws {
        var maker = CertificateMaker(.server, name: "Größe & Co, Ltd.")
        maker.names = ["a.example.org", "10.1.2.3", "fe80::1", "2001:db8::", "::1", "x://y"]
        let authority = try Authority("the authority").made
        let made = try maker.make(signedBy: authority)
        let certificate = try #require(try Certificate.list(pem: made.certificate).first)
        #expect(certificate.commonName == "Größe & Co, Ltd.")
        #expect(certificate.issuerName == "the authority")
        #expect(certificate.names.dns == ["a.example.org"])
        #expect(certificate.names.addresses == ["10.1.2.3", "fe80::1", "2001:db8::", "::1"])
        #expect(certificate.names.uris == ["x://y"])
        #expect(certificate.notAfter - certificate.notBefore == 3650 * 86400 + 3600)
        #expect(certificate.fingerprint.count == 32)
        #expect(!certificate.isAuthority)
        #expect(try Certificate.list(pem: authority.certificate)[0].isAuthority)
    }

    @Test(arguments: ["", "a,DNS:b", "a b", "a\nb", "x;y", "@section", "ü.example"])
    func aNameThatIsNoneIsRefused(name: String) throws {
        var maker = CertificateMaker(.server, name: "server")
        maker.names = [name]
        #expect(throws: OpenSSLError.self) { try maker.makeSelfSigned() }
    }

    @Test func noCommonNameIsRefused() {
        for name in ["", "a\0b", String(repeating: "x", count: 65)] {
            #expect(throws: OpenSSLError.self) {
                try CertificateMaker(.client, name: name).makeSelfSigned()
            }
        }
    }

    @Test func aFileMayHoldSeveralAndOtherThings() throws {
        let (first, second) = (try Authority("one").made, try Authority("two").made)
        let file = first.certificate + first.key + Array("\n# a remark\n".utf8) + second.certificate
        #expect(try Certificate.list(pem: file).map(\.commonName) == ["one", "two"])
    }

    @Test func whatIsNoCertificateIsRefused() throws {
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
        {
            #expect(throws: OpenSSLError.self) { try Certificate.list(pem: Array(text.utf8)) }
        }
        let key = try Authority().made.key
        #expect(throws: OpenSSLError.self) { try Certificate.list(pem: key) }
    }

    @Test func aKeyMustBeThatOfTheCertificate() throws {
        let (first, second) = (try Authority().made, try Authority().made)
        var setup = TLSSetup(.server)
        setup.identity = TLSSetup.Identity(certificates: first.certificate, key: second.key)
        #expect(throws: OpenSSLError.self) { try TLSContext(setup) }
        #expect(throws: OpenSSLError.self) {
            let mixed = CertificateMaker.Made(certificate: first.certificate, key: second.key)
            return try CertificateMaker(.client, name: "c").make(signedBy: mixed)
        }
    }

    @Test func aServerThatWantsCertificatesMustTrustSomebody() throws {
        var setup = TLSSetup(.server)
        setup.identity = try Authority().issue(.server)
        setup.clientCertificates = .required
        #expect(throws: OpenSSLError.self) { try TLSContext(setup) }
    }
}
