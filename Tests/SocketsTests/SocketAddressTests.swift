import Sockets
import Testing

@Suite struct SocketAddressTests {
    @Test(arguments: [
        ("tcp://127.0.0.1:5000", SocketAddress.tcp(host: "127.0.0.1", port: 5000)),
        ("tcp://localhost:0", .tcp(host: "localhost", port: 0)),
        ("tcp://[::1]:65535", .tcp(host: "::1", port: 65535)),
        ("tcp://[fe80::1%eth0]:1", .tcp(host: "fe80::1%eth0", port: 1)),
        ("unix:///run/manager.sock", .unix(path: "/run/manager.sock")),
        ("unix:///tmp/a b:c@d", .unix(path: "/tmp/a b:c@d")),
        ("unix:@jobs", .abstract(name: Array("jobs".utf8))),
        ("unix:@a%00%25%FF%20z", .abstract(name: [97, 0, 37, 255, 32, 122])),
    ])
    func textAndAddressTurnIntoEachOther(text: String, address: SocketAddress) throws {
        #expect(try SocketAddress(parsing: text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "tcp:", "tcp://", "tcp://host", "tcp://:5000", "tcp://host:", "tcp://host:65536",
        "tcp://host:-1", "tcp://host:+1", "tcp://host:5x", "tcp://::1:5000", "tcp://[::1]",
        "tcp://[]:5", "tcp://[::1:5000", "tcp://a/b:5", "tcp://[::1]x:5", "unix://relative",
        "unix:", "unix:@", "unix:@%4", "unix:@%zz", "unix:/path", "udp://host:1", "/path",
        "host:5000", "tcp://ho st:1",
    ])
    func whatIsNoAddressIsAnError(text: String) {
        #expect {
            try SocketAddress(parsing: text)
        } throws: { error in
            (error as? SocketError)?.code == .invalidAddress
        }
    }

    @Test func pathsAndNamesHaveALimit() throws {
        let longest = "/" + String(repeating: "a", count: SocketAddress.unixNameLimit - 1)
        #expect(try SocketAddress(parsing: "unix://" + longest) == .unix(path: longest))
        #expect(throws: SocketError.self) { try SocketAddress(parsing: "unix://\(longest)a") }
        let name = String(repeating: "n", count: SocketAddress.unixNameLimit)
        #expect(throws: Never.self) { try SocketAddress(parsing: "unix:@" + name) }
        #expect(throws: SocketError.self) { try SocketAddress(parsing: "unix:@n" + name) }
    }

    @Test func theErrorSaysWhatWouldBeRight() {
        #expect {
            try SocketAddress(parsing: "tcp://::1:5000")
        } throws: { error in
            "\(error)".contains("tcp://[::1]:5000")
        }
    }

    @Test func addressesBuiltWrongAreErrorsWhenTheyAreUsed() {
        for address: SocketAddress in [
            .tcp(host: "127.0.0.1", port: 70000), .tcp(host: "", port: 1),
            .tcp(host: "127.0.0.1", port: -1), .unix(path: ""), .unix(path: "/a\0b"),
            .unix(path: String(repeating: "a", count: 108)), .abstract(name: []),
        ] {
            #expect(throws: SocketError.self) { try address.resolved(.numeric) }
        }
    }

    @Test func numbersAreResolvedWithoutTheNetwork() throws {
        #expect(try SocketAddress.tcp(host: "127.0.0.1", port: 1).resolved(.numeric).count == 1)
        #expect(try SocketAddress.tcp(host: "::1", port: 1).resolved(.numeric).count == 1)
        #expect {
            try SocketAddress.tcp(host: "localhost", port: 1).resolved(.numeric)
        } throws: { error in
            (error as? SocketError)?.code == .unresolvable
        }
        #expect(!(try SocketAddress.tcp(host: "localhost", port: 1).resolved(.named)).isEmpty)
    }
}
