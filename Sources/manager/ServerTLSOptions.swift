import ArgumentParser
import Connections
import Sockets

/// What a server shows and wants to see at its `tls://` addresses.
struct ServerTLSOptions: ParsableArguments {
    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp(
            "The server's certificate, and those that lead to its authority.", valueName: "file"))
    var certificate: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp(
            "The certificate's key, where it is not in the same file.", valueName: "file"))
    var key: String?

    @Option(
        name: .customLong("tls-client-ca"),
        help: ArgumentHelp(
            "The authorities that say who clients are: clients may show a certificate.",
            valueName: "file"))
    var clientAuthorities: String?

    @Flag(
        name: .customLong("tls-require-client-certificate"),
        help: "Clients must show a certificate.")
    var requiresClientCertificate = false

    /// What the options say; nil where no TLS is spoken.
    func configuration(for endpoints: [Endpoint]) throws -> TLSConfiguration? {
        let isSpoken = endpoints.contains(where: \.usesTLS)
        guard let certificate else {
            guard !isSpoken, key == nil, clientAuthorities == nil, !requiresClientCertificate else {
                throw Complaint("give --tls-certificate: a server with TLS has one to show")
            }
            return nil
        }
        guard isSpoken else {
            throw Complaint("--tls-certificate is given, and no --listen tls:// or tls+unix://")
        }
        guard clientAuthorities != nil || !requiresClientCertificate else {
            throw Complaint("give --tls-client-ca: who says who the clients are?")
        }
        warnIfOpenToEverybody(key ?? certificate)
        return .server(
            certificate: .file(certificate), key: .file(key ?? certificate),
            clientAuthorities: clientAuthorities.map { .file($0) },
            clientCertificates: clientAuthorities == nil
                ? .none : requiresClientCertificate ? .required : .optional)
    }
}
