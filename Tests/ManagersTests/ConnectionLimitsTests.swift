import Connections
import Managers
import Pickle
import Sockets
import Testing

/// How many may come, and how many may be in the door: at the limit, and one more; those who are
/// there are served throughout.
@Suite(.timeLimit(.minutes(5)))
struct ConnectionLimitsTests {
    private func areServed(_ clients: [RawClient]) async throws -> Bool {
        for client in clients {
            guard try await client.isServed() else { return false }
        }
        return true
    }

    /// Whether a newcomer is closed before it is challenged.
    private func isClosedAtOnce(_ server: RunningServer) async throws -> Bool {
        try await RawSocket(server.address).frame() == nil
    }

    @Test(arguments: ["connections", "connectionsPerPeer"], TestServer.swift)
    func thereAreNoMoreConnectionsThanMay(name: String, place: TestServer) async throws {
        var limits = ServerLimits()
        try limits.set(name, to: "4")
        try await place.run(limits: limits) { server in
            var clients: [RawClient] = []
            for _ in 1...4 { clients.append(try await RawClient(server)) }
            for _ in 0..<3 {
                #expect(try await isClosedAtOnce(server))
                #expect(try await areServed(clients))
            }
            // One that goes makes room for one.
            clients.removeLast().connection.close()
            try await eventually {
                guard let client = try? await RawClient(server) else { return false }
                clients.append(client)
                return true
            }
            #expect(try await isClosedAtOnce(server))
            #expect(try await areServed(clients))
            for client in clients { client.connection.close() }
        }
    }

    /// An address and a user over a Unix socket are two peers.
    @Test func whatOnePeerHasKeepsNoOtherOut() async throws {
        let directory = try TemporaryDirectory()
        let key = try AuthenticationKey.generate()
        var limits = ServerLimits()
        limits.connectionsPerPeer = 2
        let server = try ManagerServer(
            at: [.unix(path: directory.file("s")), .tcp(host: "127.0.0.1", port: 0)],
            authkey: key, limits: limits)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.run() }
            defer { server.shutdown() }
            var clients: [RawClient] = []
            for address in server.addresses {
                let door = RunningServer(
                    address: address, key: key, directory: directory, server: server)
                for _ in 0..<2 { clients.append(try await RawClient(door)) }
                #expect(try await isClosedAtOnce(door))
                #expect(try await areServed(clients))
            }
            for client in clients { client.connection.close() }
        }
    }

    /// Where one more comes than may, the one is dropped that has taken longest, and no other.
    @Test(arguments: 2...5)
    func onlySoManyAuthenticateAtOnce(count: Int) async throws {
        var limits = ServerLimits()
        limits.pendingHandshakes = 3
        try await TestServer.ours(isTCP: count.isMultiple(of: 2)).run(limits: limits) { server in
            let witness = try await RawClient(server)
            var peers: [RawSocket] = []
            for _ in 0..<count {
                let peer = try RawSocket(server.address)
                try await eventually { try peer.framesAtHand() == 1 }
                peers.append(peer)
                #expect(try await areServed([witness]))
            }
            for (number, peer) in peers.enumerated() {
                let isLetIn = try await peer.authenticate(with: server.key)
                #expect(isLetIn == (number >= count - 3), "\(number)")
            }
            #expect(try await areServed([witness]))
        }
    }
}
