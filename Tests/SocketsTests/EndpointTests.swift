import Sockets
import Testing

@Suite struct EndpointTests {
    @Test(arguments: [
        ("tls://127.0.0.1:5000", SocketAddress.tcp(host: "127.0.0.1", port: 5000)),
        ("tls://[::1]:0", .tcp(host: "::1", port: 0)),
        ("tls+unix:///run/m", .unix(path: "/run/m")),
        ("tls+unix:@jobs", .abstract(name: Array("jobs".utf8))),
    ])
    func formsWithTLSAreReadAndWritten(text: String, address: SocketAddress) throws {
        let endpoint = try Endpoint(parsing: text)
        #expect(endpoint == Endpoint(address, usesTLS: true))
        #expect("\(endpoint)" == text)
    }

    @Test(arguments: ["tcp://127.0.0.1:5000", "unix:///run/m", "unix:@jobs"])
    func formsWithoutItStayWhatTheyAre(text: String) throws {
        let endpoint = try Endpoint(parsing: text)
        #expect(endpoint == Endpoint(try SocketAddress(parsing: text)))
        #expect("\(endpoint)" == text)
    }

    @Test(arguments: ["tls://", "tls:host:1", "tls+tcp://a:1", "tls+unix://run", "TLS://a:1", ""])
    func anythingElseIsRefused(text: String) {
        #expect(throws: SocketError.self) { try Endpoint(parsing: text) }
    }
}
