import Sockets
import Testing

@Suite struct TCPPatienceTests {
    private static let loopback = SocketAddress.tcp(host: "127.0.0.1", port: 0)

    /// Runs `body` with a connection that a socket of that patience has accepted.
    private func accepted(
        _ patience: TCPPatience?, _ body: (borrowing Descriptor) throws -> Void
    ) throws {
        let listener = try ListeningSocket(Self.loopback)
        if let patience { try listener.descriptor.set(patience) }
        let candidates = try listener.address.resolved(.numeric)
        let client = try Descriptor(connectingTo: candidates[0])
        _ = try client.startConnecting(to: candidates[0])
        let poller = try Poller()
        try poller.add(listener.descriptor.raw, token: 1, interest: .read)
        for _ in 0..<1000 {
            if let descriptor = try listener.accept() {
                try body(descriptor)
                _ = consume client
                return
            }
            try poller.wait(timeout: .seconds(1)) { _, _ in }
        }
        Issue.record("nobody came")
    }

    @Test func whoIsAcceptedInheritsIt() throws {
        let patience = TCPPatience(
            idle: .seconds(30), interval: .seconds(10), questions: 3,
            unacknowledged: .seconds(60))
        try accepted(patience) { descriptor in
            let found = try descriptor.patience()
            #expect(found == patience)
        }
    }

    @Test func timesAreRoundedUp() throws {
        let patience = TCPPatience(
            idle: .milliseconds(1), interval: .milliseconds(1500), questions: 1,
            unacknowledged: .microseconds(1))
        try accepted(patience) { descriptor in
            let found = try descriptor.patience()
            #expect(
                found
                    == TCPPatience(
                        idle: .seconds(1), interval: .seconds(2), questions: 1,
                        unacknowledged: .milliseconds(1)))
        }
    }

    @Test func zeroIsOff() throws {
        let off = TCPPatience(idle: .zero, interval: .zero, questions: 0, unacknowledged: .zero)
        for patience in [off, nil] {
            try accepted(patience) { descriptor in
                let found = try descriptor.patience()
                #expect(found == off)
            }
        }
    }

    @Test func whatTheSystemDoesNotTakeIsAnError() throws {
        let listener = try ListeningSocket(Self.loopback)
        let patience = TCPPatience(
            idle: .seconds(1_000_000), interval: .seconds(1), questions: 1, unacknowledged: .zero)
        #expect(throws: SocketError.self) { try listener.descriptor.set(patience) }
    }
}
