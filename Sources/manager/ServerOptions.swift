import ArgumentParser
import Connections
import Sockets

/// The server that a command asks.
struct ServerOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            """
            Where the server listens: tcp://host:port, unix:///path or unix:@name; with TLS \
            tls://host:port or tls+unix:///path.
            """,
            valueName: "address"))
    var address: String

    @OptionGroup var authkey: KeyOption
    @OptionGroup(title: "TLS") var tls: ClientTLSOptions

    /// Where the server is, and what is trusted there; nil where no TLS is spoken.
    func peer() throws -> (endpoint: Endpoint, tls: TLSConfiguration?) {
        let endpoint = try parseEndpoint(address)
        return (endpoint, try tls.configuration(for: endpoint))
    }
}
