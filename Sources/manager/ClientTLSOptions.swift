import ArgumentParser
import Connections
import Sockets

/// What a client trusts and shows at a `tls://` address.
struct ClientTLSOptions: ParsableArguments {
    @Option(
        name: .customLong("tls-ca"),
        help: ArgumentHelp(
            "The authorities that say who the server is, instead of the system's.",
            valueName: "file"))
    var authorities: String?

    @Option(
        name: .customLong("tls-certificate"),
        help: ArgumentHelp(
            "The own certificate, where the server wants to see one.", valueName: "file"))
    var certificate: String?

    @Option(
        name: .customLong("tls-key"),
        help: ArgumentHelp(
            "The certificate's key, where it is not in the same file.", valueName: "file"))
    var key: String?

    @Option(
        name: .customLong("tls-server-name"),
        help: ArgumentHelp(
            "The name that the server's certificate is for, if not the host of the address.",
            valueName: "name"))
    var serverName: String?

    @Option(
        name: .customLong("tls-fingerprint"),
        help: ArgumentHelp(
            """
            The SHA-256 of the server's certificate, which is then trusted by itself where \
            --tls-ca is not given. May be given again.
            """, valueName: "hex"))
    var fingerprints: [String] = []

    /// What the options say; nil where no TLS is spoken.
    func configuration(for endpoint: Endpoint) throws -> TLSConfiguration? {
        guard endpoint.usesTLS else {
            let isEmpty =
                authorities == nil && certificate == nil && key == nil && serverName == nil
            guard isEmpty, fingerprints.isEmpty else {
                throw Complaint("\(endpoint) speaks no TLS: write tls://host:port")
            }
            return nil
        }
        if let key = key ?? certificate { warnIfOpenToEverybody(key) }
        var configuration = TLSConfiguration.client(
            trusting: authorities.map { .file($0) }, certificate: certificate.map { .file($0) },
            key: key.map { .file($0) }, serverName: serverName)
        configuration.pinnedFingerprints = fingerprints
        return configuration
    }
}
