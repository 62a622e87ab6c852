import Connections
import Foundation
import Sockets
import Testing

@Suite struct ListenerTests {
    private let key: AuthenticationKey
    private let other: AuthenticationKey

    init() throws {
        key = try AuthenticationKey(Array("secret".utf8))
        other = try AuthenticationKey(Array("guess".utf8))
    }

    private func code(_ error: any Error) -> ConnectionError.Code? {
        (error as? ConnectionError)?.code
    }

    /// A peer that knows frames, and no handshake.
    private func stranger(_ listener: Listener) async throws -> Connection {
        try await Connection.connect(to: listener.address, authkey: nil)
    }

    @Test(arguments: LoopbackPlace.available)
    func anotherKeyOnEitherSideIsRefused(place: LoopbackPlace) async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: place.address(in: directory), authkey: key)
        await #expect {
            try await Connection.connect(to: listener.address, authkey: other)
        } throws: { code($0) == .authenticationFailed }
        let right = try await Connection.connect(to: listener.address, authkey: key)
        let accepted = try await listener.accept()
        try await right.sendBytes([1])
        #expect(try await accepted.receiveBytes() == [1])
    }

    @Test func aStrangerGetsAChallengeFailureAndTheEnd() async throws {
        let directory = try TemporaryDirectory()
        // A busy machine may hold this task up for longer than a handshake usually may take.
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: key,
            handshakeTimeout: .seconds(300))
        for reply in [Array(repeating: 0, count: 16), [], Array("{sha256}".utf8)] as [[UInt8]] {
            let stranger = try await stranger(listener)
            let challenge = try await stranger.receiveBytes()
            #expect(challenge.starts(with: Array("#CHALLENGE#{sha256}".utf8)))
            #expect(challenge.count == 11 + 8 + 40)
            try await stranger.sendBytes(reply)
            #expect(try await stranger.receiveBytes() == Array("#FAILURE#".utf8))
            await #expect { try await stranger.receiveBytes() } throws: { code($0) == .endOfFile }
        }
    }

    @Test func aFrameAbove256BytesBeforeTheHandshakeEndsIt() async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: key)
        let stranger = try await stranger(listener)
        _ = try await stranger.receiveBytes()
        try? await stranger.sendBytes(Array(repeating: 0, count: 257))
        await #expect { try await stranger.receiveBytes() } throws: { code($0) == .endOfFile }
    }

    @Test(arguments: LoopbackPlace.available)
    func halfAHandshakeHeldOpenStopsNobody(place: LoopbackPlace) async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: place.address(in: directory), authkey: key)
        var silent: [Connection] = []
        for _ in 0..<50 { silent.append(try await stranger(listener)) }
        let task = Task { try await listener.accept() }
        let right = try await Connection.connect(to: listener.address, authkey: key)
        try await right.sendBytes([1])
        #expect(try await task.value.receiveBytes() == [1])
        #expect(!silent.isEmpty)
    }

    @Test func aHandshakeThatTakesTooLongIsEnded() async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: key,
            handshakeTimeout: .milliseconds(10))
        let silent = try await stranger(listener)
        _ = try? await silent.receiveBytes()
        await #expect { try await silent.receiveBytes() } throws: { code($0) == .endOfFile }
    }

    @Test func theOldestHandshakeGoesForTheNewest() async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: key,
            handshakeTimeout: .seconds(120), pendingHandshakeLimit: 2)
        var silent: [Connection] = []
        for _ in 0..<3 {
            let connection = try await stranger(listener)
            _ = try await connection.receiveBytes()
            silent.append(connection)
        }
        await #expect { try await silent[0].receiveBytes() } throws: { code($0) == .endOfFile }
        _ = try await Connection.connect(to: listener.address, authkey: key)
        await #expect { try await silent[1].receiveBytes() } throws: { code($0) == .endOfFile }
        await #expect {
            try await silent[2].receiveBytes(timeout: .milliseconds(5))
        } throws: { code($0) == .timedOut }
    }

    @Test func aStaleSocketFileIsReplacedAndALiveOneRefused() async throws {
        let directory = try TemporaryDirectory()
        let address = SocketAddress.unix(path: directory.file("s"))
        let live = try ListeningSocket(.unix(path: directory.file("live")))
        try FileManager.default.linkItem(
            atPath: directory.file("live"), toPath: directory.file("s"))
        #expect {
            try Listener(address: address, authkey: nil)
        } throws: { code($0) == .addressInUse }
        live.close()
        let listener = try Listener(address: address, authkey: nil)
        _ = try await Connection.connect(to: address, authkey: nil)
        listener.close()
        #expect(!directory.exists("s"))
        await #expect {
            try await Connection.connect(to: address, authkey: nil)
        } throws: { code($0) == .refused }
    }

    @Test func closingEndsThoseWhoAcceptAndThoseNotAccepted() async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: nil)
        let first = try await stranger(listener)
        let accepted = try await listener.accept()
        let second = try await stranger(listener)
        let other = try Listener(address: .unix(path: directory.file("t")), authkey: nil)
        let waiting = Task { try await other.accept() }
        await Task.yield()
        listener.close()
        other.close()
        await #expect { try await waiting.value } throws: { code($0) == .closed }
        await #expect { try await listener.accept() } throws: { code($0) == .closed }
        await #expect { try await second.receiveBytes() } throws: { code($0) == .endOfFile }
        try await first.sendBytes([1])
        #expect(try await accepted.receiveBytes() == [1])
    }

    @Test func aCancelledAcceptTakesNoConnection() async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: key)
        for round in 0..<50 as Range<UInt8> {
            let task = Task { try await listener.accept() }
            if round % 2 == 0 { await Task.yield() }
            async let connecting = Connection.connect(to: listener.address, authkey: key)
            task.cancel()
            let client = try await connecting
            let server: Connection
            do {
                server = try await task.value
            } catch {
                #expect(code(error) == .cancelled)
                server = try await listener.accept()
            }
            try await client.sendBytes([round])
            #expect(try await server.receiveBytes() == [round])
        }
    }

    @Test func moreThanItHoldsWaitInTheSystemsQueue() async throws {
        let directory = try TemporaryDirectory()
        let listener = try Listener(address: .unix(path: directory.file("s")), authkey: nil)
        let count = Listener.unacceptedLimit + 100
        var clients: [Connection] = []
        for _ in 0..<count { clients.append(try await stranger(listener)) }
        for client in clients { try await client.sendBytes([1]) }
        for _ in 0..<count { #expect(try await listener.accept().receiveBytes() == [1]) }
    }

    @Test func theLastReferenceClosesIt() throws {
        let directory = try TemporaryDirectory()
        var listener: Listener? = try Listener(
            address: .unix(path: directory.file("s")), authkey: nil)
        #expect(listener != nil && directory.exists("s"))
        listener = nil
        #expect(!directory.exists("s"))
    }
}
