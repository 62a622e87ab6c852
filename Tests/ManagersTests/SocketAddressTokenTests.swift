import Pickle
import Sockets
import Testing

@testable import Managers

@Suite struct SocketAddressTokenTests {
    @Test func addressesAreWrittenAsInPython() {
        #expect(
            SocketAddress.tcp(host: "127.0.0.1", port: 80).tokenAddress
                == .tuple(["127.0.0.1", 80]))
        #expect(SocketAddress.unix(path: "/run/m").tokenAddress == "/run/m")
        #expect(SocketAddress.abstract(name: Array("m".utf8)).tokenAddress == "\0m")
        #expect(SocketAddress.abstract(name: [0xFF]).tokenAddress == .bytes([0, 0xFF]))
    }
}
