import Connections
import Foundation
import Sockets
import Testing

/// Who is let in, by the certificates of the folder `certs`.
@Suite(.timeLimit(.minutes(5)))
struct TLSMatrixTests {
    private let directory: TemporaryDirectory
    private let key: AuthenticationKey

    init() throws {
        directory = try TemporaryDirectory()
        key = try AuthenticationKey(Array("secret".utf8))
    }

    /// What a client is told; nil if it was let in.
    private func refusal(
        of client: TLSConfiguration?, by server: TLSConfiguration?,
        at place: LoopbackPlace = .tcpVersion4
    ) async throws -> ConnectionError? {
        let listener = try Listener(
            address: place.address(in: directory), authkey: key, tls: server)
        defer { listener.close() }
        do throws(ConnectionError) {
            let connection = try await Connection.connect(
                to: listener.address, authkey: key, tls: client, timeout: .seconds(30))
            connection.close()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: LoopbackPlace.available.filter { $0 != .abstractName })
    func theRightServerIsTakenAnywhere(place: LoopbackPlace) async throws {
        let refusal = try await refusal(
            of: TestCertificates.client(), by: TestCertificates.server(), at: place)
        #expect(refusal == nil)
    }

    @Test(arguments: [
        ("server-expired", "the peer's certificate has expired"),
        ("server-wrong-name", "the peer's certificate is for another name"),
        (
            "server-other-ca",
            "the peer's certificate is from an authority that is not trusted"
        ),
    ])
    func theWrongServerIsNot(name: String, reason: String) async throws {
        let refusal = try await refusal(
            of: TestCertificates.client(), by: TestCertificates.server(name))
        #expect(refusal?.code == .tlsFailed)
        #expect(refusal?.reason == "TLS: \(reason)")
    }

    @Test func aNameMayBeSaid() async throws {
        var client = TestCertificates.client()
        client.serverName = "nobody.example"
        let server = TestCertificates.server("server-wrong-name")
        #expect(try await refusal(of: client, by: server) == nil)
        client.serverName = nil
        client.pinnedNames = ["somebody.example", "nobody.example"]
        #expect(try await refusal(of: client, by: server) == nil)
        client.pinnedNames = ["somebody.example"]
        #expect(try await refusal(of: client, by: server)?.code == .tlsFailed)
    }

    @Test func aFingerprintMayBeSaid() async throws {
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: nil,
            tls: TestCertificates.server("server-other-ca"))
        var any = TLSConfiguration()
        any.pinnedFingerprints = [String(repeating: "0", count: 64)]
        await #expect(throws: ConnectionError.self) {
            try await Connection.connect(to: listener.address, authkey: nil, tls: any)
        }
        let trusting = try await Connection.connect(
            to: listener.address, authkey: nil,
            tls: TestCertificates.client(trusting: "other-ca"))
        let fingerprint = try #require(trusting.peerCertificate?.fingerprint)
        any.pinnedFingerprints = [fingerprint.uppercased()]
        let pinned = try await Connection.connect(to: listener.address, authkey: nil, tls: any)
        #expect(pinned.peerCertificate?.fingerprint == fingerprint)
        any.pinnedFingerprints = ["abc"]
        await #expect(throws: ConnectionError.self) {
            try await Connection.connect(to: listener.address, authkey: nil, tls: any)
        }
    }

    @Test(arguments: [
        (nil, "it wants a certificate of ours"),
        ("client-expired", "our certificate has expired"),
        ("client-other-ca", "it does not trust the authority of our certificate"),
    ])
    func theWrongClientIsRefused(name: String?, reason: String) async throws {
        let refusal = try await refusal(
            of: TestCertificates.client(name),
            by: TestCertificates.server("server", clientsOf: "ca", .required))
        #expect(refusal?.code == .tlsFailed)
        #expect(refusal?.reason == "TLS: the peer refused us: \(reason)")
    }

    @Test(arguments: [nil, "client"], [TLSConfiguration.ClientCertificates.none, .optional])
    func aClientMayShowWhatItLikesWhereNothingIsRequired(
        name: String?, wanted: TLSConfiguration.ClientCertificates
    ) async throws {
        let refusal = try await refusal(
            of: TestCertificates.client(name),
            by: TestCertificates.server("server", clientsOf: "ca", wanted))
        #expect(refusal == nil)
    }

    @Test func theServerLearnsWhoTheClientIs() async throws {
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: nil,
            tls: TestCertificates.server("server", clientsOf: "ca", .required))
        _ = try await Connection.connect(
            to: listener.address, authkey: nil, tls: TestCertificates.client("client"))
        let certificate = try #require(try await listener.accept().peerCertificate)
        #expect(certificate.commonName == "test client")
        #expect(certificate.dnsNames == ["worker.example"])
        #expect(certificate.uris == ["spiffe://example/worker"])
    }

    @Test func whoSpeaksNoTLSIsToldAndTellsNothing() async throws {
        let toPlain = try await refusal(of: TestCertificates.client(), by: nil)
        #expect(toPlain?.reason == "TLS: the peer does not speak TLS")
    }

    @Test func theAuthkeyIsAskedForInsideToo() async throws {
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: key,
            tls: TestCertificates.server())
        let other = try AuthenticationKey(Array("guess".utf8))
        await #expect {
            try await Connection.connect(
                to: listener.address, authkey: other, tls: TestCertificates.client())
        } throws: {
            ($0 as? ConnectionError)?.code == .authenticationFailed
        }
    }

    @Test func whatCannotBeUsedIsAnErrorAtOnce() throws {
        let place = LoopbackPlace.unixPath.address(in: directory)
        for tls in [
            TLSConfiguration(),
            .server(certificate: .file("/nowhere"), key: .file("/nowhere")),
            .server(certificate: .bytes([1, 2]), key: .bytes([3])),
            .server(
                certificate: TestCertificates.file("server.pem"),
                key: TestCertificates.file("client.key")),
        ] {
            #expect {
                try Listener(address: place, authkey: nil, tls: tls)
            } throws: {
                ($0 as? ConnectionError)?.code == .tlsFailed
            }
        }
    }
}
