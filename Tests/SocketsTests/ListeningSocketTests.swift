import Foundation
import Sockets
import Testing

@Suite struct ListeningSocketTests {
    /// Connects and waits until the connection stands.
    private func connect(to address: SocketAddress) throws -> Descriptor {
        let candidate = try #require(try address.resolved(.numeric).first)
        let socket = try Descriptor(connectingTo: candidate)
        if try socket.startConnecting(to: candidate) == .inProgress {
            let poller = try Poller()
            try poller.add(socket.raw, token: 1, interest: .write)
            var ready = false
            while !ready { try poller.wait(timeout: nil) { _, _ in ready = true } }
            try socket.finishConnecting(to: candidate)
        }
        return socket
    }

    private func accept(_ listening: borrowing ListeningSocket) throws -> Descriptor {
        let poller = try Poller()
        try poller.add(listening.descriptor.raw, token: 1, interest: .read)
        while true {
            if let accepted = try listening.accept() { return accepted }
            try poller.wait(timeout: nil) { _, _ in }
        }
    }

    private func expectToCarryBytes(_ address: SocketAddress) throws {
        let listening = try ListeningSocket(address)
        #expect(try listening.accept() == nil)
        let client = try connect(to: listening.address)
        let server = try accept(listening)
        let sent: [UInt8] = [1, 2, 3]
        #expect(sent.withUnsafeBytes { server.write($0) } == .bytes(3))
        #expect(sent.withUnsafeBytes { server.write($0, then: $0) } == .bytes(6))
        server.finishWriting()
        let poller = try Poller()
        try poller.add(client.raw, token: 1, interest: .read)
        var got: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 16)
        reading: while true {
            client.acknowledgeQuickly()
            switch room.withUnsafeMutableBytes({ client.read(into: $0) }) {
            case .bytes(let count): got += room.prefix(count)
            case .wouldBlock: try poller.wait(timeout: nil) { _, _ in }
            case .endOfFile: break reading
            case .failed(let number): Issue.record("error \(number)")
            }
        }
        #expect(got == [1, 2, 3, 1, 2, 3, 1, 2, 3])
    }

    @Test func tcpVersion4() throws {
        try expectToCarryBytes(.tcp(host: "127.0.0.1", port: 0))
    }

    @Test(.enabled(if: hasIPv6)) func tcpVersion6() throws {
        try expectToCarryBytes(.tcp(host: "::1", port: 0))
    }

    @Test func aUnixPath() throws {
        let directory = try TemporaryDirectory()
        try expectToCarryBytes(.unix(path: directory.file("s")))
    }

    @Test func anAbstractName() throws {
        let random = UInt64.random(in: .min ... .max)
        try expectToCarryBytes(.abstract(name: Array("mp-test-\(random)".utf8) + [0, 255]))
    }

    @Test func aHostNameListensOnVersion4First() throws {
        let listening = try ListeningSocket(.tcp(host: "localhost", port: 0))
        guard case .tcp(let host, let port) = listening.address else {
            Issue.record("not TCP")
            return
        }
        #expect(host == "localhost" && port != 0)
        _ = try connect(to: .tcp(host: "127.0.0.1", port: port))
    }

    @Test func theRealPortIsKnownAndTaken() throws {
        let listening = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
        #expect(listening.address != .tcp(host: "127.0.0.1", port: 0))
        expectInUse(listening.address)
    }

    @Test func aPeerOfAUnixSocketIsKnownAndOneOfTCPIsNot() throws {
        let directory = try TemporaryDirectory()
        let local = try ListeningSocket(.unix(path: directory.file("s")))
        let first = try connect(to: local.address)
        #expect(try accept(local).peerProcess == ProcessInfo.processInfo.processIdentifier)
        #expect(first.peerProcess == ProcessInfo.processInfo.processIdentifier)
        let remote = try ListeningSocket(.tcp(host: "127.0.0.1", port: 0))
        let second = try connect(to: remote.address)
        #expect(second.peerProcess == nil)
    }

    @Test func itsFileGoesWithIt() throws {
        let directory = try TemporaryDirectory()
        let listening = try ListeningSocket(.unix(path: directory.file("s")))
        #expect(directory.exists("s"))
        listening.close()
        #expect(!directory.exists("s"))
    }

    @Test func aFileThatTookItsPlaceStays() throws {
        let directory = try TemporaryDirectory()
        let listening = try ListeningSocket(.unix(path: directory.file("s")))
        try FileManager.default.removeItem(atPath: directory.file("s"))
        let successor = try ListeningSocket(.unix(path: directory.file("s")))
        listening.close()
        #expect(directory.exists("s"))
        successor.close()
        #expect(!directory.exists("s"))
    }

    @Test func aLiveSocketIsAnErrorEvenWithAFullBacklog() throws {
        let directory = try TemporaryDirectory()
        let listening = try ListeningSocket(.unix(path: directory.file("s")), backlog: 1)
        expectInUse(listening.address)
        var clients: [Int32] = []
        let candidate = try #require(try listening.address.resolved(.numeric).first)
        var isFull = false
        while !isFull, clients.count < 100 {
            let client = try Descriptor(connectingTo: candidate)
            do {
                _ = try client.startConnecting(to: candidate)
            } catch {
                #expect(error.code == .backlogFull)
                isFull = true
            }
            clients.append(client.raw)
        }
        #expect(isFull || clients.count == 100)
        expectInUse(listening.address)
        #expect(directory.exists("s"))
    }

    @Test func aStaleFileIsReplaced() throws {
        let directory = try TemporaryDirectory()
        try makeStaleSocket(directory.file("s"))
        #expect(directory.exists("s"))
        let listening = try ListeningSocket(.unix(path: directory.file("s")))
        _ = try connect(to: listening.address)
    }

    @Test func aFileThatIsNoSocketIsNeverReplaced() throws {
        let directory = try TemporaryDirectory()
        try Data("precious".utf8).write(to: URL(fileURLWithPath: directory.file("s")))
        expectInUse(.unix(path: directory.file("s")))
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("s"))).count == 8)
    }

    @Test func whereNobodyListensAConnectionIsRefused() throws {
        let directory = try TemporaryDirectory()
        try makeStaleSocket(directory.file("stale"))
        for address: SocketAddress in [
            .unix(path: directory.file("absent")), .unix(path: directory.file("stale")),
            .abstract(name: Array("mp-nobody-\(UInt64.random(in: .min ... .max))".utf8)),
        ] {
            #expect {
                _ = try connect(to: address)
            } throws: { error in
                (error as? SocketError)?.code == .refused
            }
        }
    }

    @Test func aDirectoryThatIsNotThereIsAnError() {
        #expect(throws: SocketError.self) {
            _ = try ListeningSocket(.unix(path: "/nonexistent-mp/s"))
        }
    }

    private func expectInUse(_ address: SocketAddress) {
        #expect {
            _ = try ListeningSocket(address)
        } throws: { error in
            (error as? SocketError)?.code == .addressInUse
        }
    }

    /// A socket file that nobody listens on: a hard link outlives the socket's own name.
    private func makeStaleSocket(_ path: String) throws {
        let listening = try ListeningSocket(.unix(path: path + ".live"))
        try FileManager.default.linkItem(atPath: path + ".live", toPath: path)
        listening.close()
    }
}

/// Whether this machine has the IPv6 loopback.
let hasIPv6: Bool = (try? ListeningSocket(.tcp(host: "::1", port: 0)).address) != nil
