import ArgumentParser
import Connections
import Sockets
import Testing

@testable import manager

@Suite struct TLSOptionsTests {
    private let plain = Endpoint(.unix(path: "/a"))
    private let secured = Endpoint(.tcp(host: "a", port: 1), usesTLS: true)

    @Test func aServerSaysAllOrNothing() throws {
        let none = try ServerTLSOptions.parse([])
        #expect(try none.configuration(for: [plain]) == nil)
        #expect(throws: Complaint.self) { try none.configuration(for: [plain, secured]) }
        let own = try ServerTLSOptions.parse(["--tls-certificate", "c"])
        #expect(throws: Complaint.self) { try own.configuration(for: [plain]) }
        let configuration = try own.configuration(for: [plain, secured])
        #expect(configuration == .server(certificate: .file("c"), key: .file("c")))
        let strict = try ServerTLSOptions.parse([
            "--tls-certificate", "c", "--tls-require-client-certificate",
        ])
        #expect(throws: Complaint.self) { try strict.configuration(for: [secured]) }
    }

    @Test func clientsCertificatesAreOptionalUnlessRequired() throws {
        let arguments = ["--tls-certificate", "c", "--tls-key", "k", "--tls-client-ca", "a"]
        let optional = try ServerTLSOptions.parse(arguments)
        #expect(
            try optional.configuration(for: [secured])
                == .server(
                    certificate: .file("c"), key: .file("k"), clientAuthorities: .file("a"),
                    clientCertificates: .optional))
        let strict = try ServerTLSOptions.parse(arguments + ["--tls-require-client-certificate"])
        #expect(
            try strict.configuration(for: [secured])?.clientCertificates == .required)
    }

    @Test func aClientsOptionsWantAnAddressWithTLS() throws {
        let options = try ClientTLSOptions.parse(["--tls-ca", "a", "--tls-server-name", "b"])
        #expect(throws: Complaint.self) { try options.configuration(for: plain) }
        #expect(
            try options.configuration(for: secured)
                == .client(trusting: .file("a"), serverName: "b"))
        #expect(try ClientTLSOptions.parse([]).configuration(for: secured) == TLSConfiguration())
    }
}
