import ArgumentParser
import OpenSSL

/// `manager certs init`
struct CertsInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes an authority: ca.pem, which all may have, and ca.key, which stays here.")

    @Option(help: "The authority's name.")
    var name = "manager authority"

    @Option(help: "How long it is valid, in days.")
    var days = 3650

    @OptionGroup var options: CertificateOptions

    func validate() throws {
        try options.validate(days: days)
    }

    func run() throws {
        try options.files("ca").fill(force: options.force) { () throws(OpenSSLError) in
            try options.maker(.authority, name: name, days: days).makeSelfSigned()
        }
    }
}
