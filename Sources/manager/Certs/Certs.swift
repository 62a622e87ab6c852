import ArgumentParser

/// `manager certs`
struct Certs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes a small authority, and certificates for servers and clients under TLS.",
        discussion: """
            As in:
              manager certs init
              manager certs issue server --host db.example.org --host 10.0.0.5
              manager certs issue client --name worker-7
              manager certs show server.pem
            """,
        subcommands: [CertsInit.self, CertsIssue.self, CertsShow.self])
}
