import Connections
import Foundation

/// The certificates of the folder `certs`.
enum TestCertificates {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../certs")

    static func file(_ name: String) -> TLSConfiguration.Source {
        .file(folder.appendingPathComponent(name).path)
    }

    /// A server that shows that certificate, to clients of that authority.
    static func server(
        _ name: String = "server", clientsOf authority: String = "ca",
        _ clients: TLSConfiguration.ClientCertificates = .none
    ) -> TLSConfiguration {
        .server(
            certificate: file("\(name).pem"), key: file("\(name).key"),
            clientAuthorities: file("\(authority).pem"), clientCertificates: clients)
    }

    /// A client that shows that certificate, or none.
    static func client(_ name: String? = nil, trusting authority: String = "ca") -> TLSConfiguration
    {
        .client(
            trusting: file("\(authority).pem"), certificate: name.map { file("\($0).pem") },
            key: name.map { file("\($0).key") })
    }
}
