import ArgumentParser
import OpenSSL

/// `manager certs issue`
struct CertsIssue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Makes a certificate for a server or a client, with the authority of `init`.",
        discussion: "Writes NAME.pem and NAME.key, which only its owner may read.")

    /// For whom.
    enum Holder: String, ExpressibleByArgument, CaseIterable {
        case server, client
    }

    /// What a server that says nothing is called: what clients of this machine call it.
    private static let usualHosts = ["localhost", "127.0.0.1", "::1"]

    @Argument(help: "For whom it is: server or client.")
    var holder: Holder

    @Option(help: "Its name, which is also that of its files; the holder's kind if not said.")
    var name: String?

    @Option(
        help: ArgumentHelp(
            """
            A name or address of the server's host; localhost, 127.0.0.1 and ::1 if none is \
            given. May be given again.
            """, valueName: "host"))
    var host: [String] = []

    @Option(
        help: ArgumentHelp("A URI that it is for too. May be given again.", valueName: "uri"))
    var uri: [String] = []

    @Option(help: "How long it is valid, in days.")
    var days = 825

    @OptionGroup var options: CertificateOptions

    func validate() throws {
        try options.validate(days: days)
        guard name.map({ !$0.isEmpty && !$0.contains("/") }) ?? true else {
            throw ValidationError("--name is that of a file, without a folder")
        }
        guard name != "ca" else { throw ValidationError("--name ca is the authority's") }
        guard uri.allSatisfy({ $0.contains("://") }) else {
            throw ValidationError("--uri is like spiffe://example.org/worker")
        }
    }

    func run() throws {
        let name = name ?? holder.rawValue
        let authority = try options.files("ca").read()
        var maker = options.maker(
            holder == .server ? .server : .client, name: name, days: days)
        maker.names = (host.isEmpty && holder == .server ? Self.usualHosts : host) + uri
        try options.files(name).fill(force: options.force) { [maker] () throws(OpenSSLError) in
            try maker.make(signedBy: authority)
        }
    }
}
