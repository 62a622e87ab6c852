import ArgumentParser
import Connections
import OpenSSL
import Sockets

/// `manager certs show`
struct CertsShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Tells what stands in the certificates of a file.")

    @Argument(help: ArgumentHelp("A file of certificates.", valueName: "file"))
    var file: String

    func run() throws {
        let contents = try CertificateFiles.read(file)
        do throws(OpenSSLError) {
            let lines = try Certificate.list(pem: contents).map(Self.text)
            try? HostProcess.print(lines.joined(separator: "\n"))
        } catch {
            throw Complaint("\(file): \(error.reason)")
        }
    }

    private static func text(_ certificate: Certificate) -> String {
        let names = certificate.names
        let all = names.dns + names.addresses + names.uris
        let kind = certificate.isAuthority ? ", an authority" : ""
        return """
            name         \(certificate.commonName ?? "none")\(kind)
            issued by    \(certificate.issuerName ?? "nobody with a name")
            for          \(all.isEmpty ? "no host" : all.joined(separator: ", "))
            valid        \(CivilDate(certificate.notBefore)) to \(CivilDate(certificate.notAfter))
            fingerprint  \(Fingerprint.text(certificate.fingerprint))

            """
    }
}
