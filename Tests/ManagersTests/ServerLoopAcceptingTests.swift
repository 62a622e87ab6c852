import Connections
import Managers
import Sockets
import Testing

/// Peers that have not authenticated, or not yet.
@Suite(.timeLimit(.minutes(10)))
struct ServerLoopAcceptingTests {
    /// A peer that says nothing by itself.
    private func stranger(_ server: RunningServer) async throws -> Connection {
        try await Connection.connect(to: server.address, authkey: nil)
    }

    /// What a stranger is told before it is closed.
    private func lastWords(_ stranger: Connection) async throws -> [String] {
        var words: [String] = []
        do {
            while true {
                let message = try await stranger.receiveBytes()
                words.append(String(decoding: message.prefix(11), as: UTF8.self))
            }
        } catch {
            #expect(error.code == .endOfFile)
        }
        return words
    }

    @Test(arguments: TestServer.swift)
    func aStrangerGetsNothingButFailure(_ place: TestServer) async throws {
        try await place.run { server in
            let stranger = try await stranger(server)
            try await stranger.sendBytes(Array("{sha256}".utf8) + [UInt8](repeating: 0, count: 32))
            #expect(try await lastWords(stranger) == ["#CHALLENGE#", "#FAILURE#"])
        }
    }

    @Test(arguments: TestServer.swift)
    func aLongFrameBeforeTheKeyIsRefused(_ place: TestServer) async throws {
        try await place.run { server in
            let stranger = try await stranger(server)
            try? await stranger.sendBytes([UInt8](repeating: 0, count: 257))
            #expect(try await lastWords(stranger).prefix(1) == ["#CHALLENGE#"])
        }
    }

    @Test(arguments: TestServer.swift)
    func aQuietServerGivesPeersTheirTime(_ place: TestServer) async throws {
        var limits = ServerLimits()
        limits.handshakeTimeout = .seconds(2)
        try await place.run(limits: limits) { server in
            try await Task.sleep(for: .milliseconds(2200))
            let manager = try await server.connect()
            await manager.close()
        }
    }

    @Test(arguments: TestServer.swift)
    func silentPeersDoNotKeepOthersOut(_ place: TestServer) async throws {
        var limits = ServerLimits()
        limits.pendingHandshakes = 4
        try await place.run(limits: limits) { server in
            var silent: [Connection] = []
            for _ in 0..<4 { silent.append(try await stranger(server)) }
            let manager = try await server.connect()
            #expect(try await lastWords(silent[0]) == ["#CHALLENGE#"])
            await manager.close()
        }
    }
}
