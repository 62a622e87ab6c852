import Connections
import Foundation
import Sockets
import Testing

/// Connections under TLS: what they do without it they do with it.
@Suite(.timeLimit(.minutes(10)))
struct TLSConnectionTests {
    private let directory: TemporaryDirectory
    private let key: AuthenticationKey

    init() throws {
        directory = try TemporaryDirectory()
        key = try AuthenticationKey(Array("secret".utf8))
    }

    private func code(_ error: any Error) -> ConnectionError.Code? {
        (error as? ConnectionError)?.code
    }

    private func listener(
        _ tls: TLSConfiguration = TestCertificates.server(),
        at place: LoopbackPlace = .unixPath, authkey: AuthenticationKey? = nil
    ) throws -> Listener {
        try Listener(address: place.address(in: directory), authkey: authkey, tls: tls)
    }

    private func pair(
        at place: LoopbackPlace = .unixPath, authkey: AuthenticationKey? = nil
    ) async throws -> (listener: Listener, client: Connection, server: Connection) {
        let listener = try listener(at: place, authkey: authkey)
        let client = try await Connection.connect(
            to: listener.address, authkey: authkey, tls: TestCertificates.client())
        return (listener, client, try await listener.accept())
    }

    // MARK: Messages

    @Test(arguments: LoopbackPlace.available, [true, false])
    func messagesGoBothWays(place: LoopbackPlace, isAuthenticated: Bool) async throws {
        let (listener, client, server) = try await pair(
            at: place, authkey: isAuthenticated ? key : nil)
        for size in [0, 1, 300, 16_384, 70_000, 1_000_000] {
            let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            async let there = server.receiveBytes()
            try await client.sendBytes(message)
            #expect(try await there == message)
            async let back = client.receiveBytes()
            try await server.sendBytes(message)
            #expect(try await back == message)
        }
        listener.close()
    }

    @Test func aHundredMegabytesComeWhole() async throws {
        let (_, client, server) = try await pair()
        let message = [UInt8](repeating: 0xA5, count: 100 << 20)
        async let there = server.receiveBytes()
        try await client.sendBytes(message)
        #expect(try await there == message)
    }

    @Test func bothTalkAtOnceAndNobodyWaitsForTheOther() async throws {
        let (_, client, server) = try await pair(at: .tcpVersion4)
        let message = [UInt8](repeating: 7, count: 200_000)
        try await withThrowingTaskGroup { group in
            for connection in [client, server] {
                group.addTask {
                    for _ in 0..<40 { try await connection.sendBytes(message) }
                }
                group.addTask {
                    for _ in 0..<40 {
                        let got = try await connection.receiveBytes()
                        #expect(got == message)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func smallMessagesThatNobodyTakesAreAllThereLater() async throws {
        let (_, client, server) = try await pair()
        // More than a connection holds untaken, so the sender has to wait.
        let message = [UInt8](repeating: 1, count: 1000)
        async let sending: Void = {
            for _ in 0..<5000 { try await client.sendBytes(message) }
        }()
        try await Task.sleep(for: .milliseconds(300))
        for _ in 0..<5000 { #expect(try await server.receiveBytes() == message) }
        try await sending
    }

    @Test func threadsUseItToo() async throws {
        let (_, client, server) = try await pair()
        let line = try client.blocking()
        let message = [UInt8](repeating: 9, count: 3_000_000)
        async let echo: Void = {
            for _ in 0..<3 { try await server.sendBytes(try await server.receiveBytes()) }
        }()
        let isEqual = try await Self.onThread {
            try (0..<3).allSatisfy { _ in
                try line.sendBytes(message)
                return try line.receiveBytes(timeout: .seconds(60)) == message
            }
        }
        #expect(isEqual)
        try await echo
        line.close()
        await #expect { try await server.receiveBytes() } throws: { code($0) == .endOfFile }
    }

    private static func onThread<Outcome: Sendable>(
        _ body: @escaping @Sendable () throws -> Outcome
    ) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// It waits in the socket, for 4096 bytes of ciphertext at the most: messages about as long,
    /// more than one in a read, and such as take many.
    @Test(arguments: [false, true])
    func aThreadThatWaitsGetsWhateverComes(isTogether: Bool) async throws {
        let (_, client, server) = try await pair(at: .tcpVersion4)
        let line = try client.blocking()
        let sizes = [
            0, 1, 4050, 4069, 4070, 4074, 4075, 4096, 8192, 16_384, 16_385, 70_000, 1_000_000,
        ]
        async let received = Self.onThread { try sizes.map { _ in try line.receiveBytes() } }
        for size in sizes {
            if !isTogether { try await Task.sleep(for: .milliseconds(5)) }
            try await server.sendBytes([UInt8](repeating: UInt8(size % 251), count: size))
        }
        let areEqual =
            try await received
            == sizes.map { size in
                [UInt8](repeating: UInt8(size % 251), count: size)
            }
        #expect(areEqual)
    }

    /// Each end has a thread that sends and one that receives, more than the sockets hold.
    @Test func threadsTalkAtOnceAndNobodyWaitsForTheOther() async throws {
        let (_, client, server) = try await pair(at: .tcpVersion4)
        let message = [UInt8](repeating: 7, count: 1_000_000)
        try await withThrowingTaskGroup { group in
            for line in [try client.blocking(), try server.blocking()] {
                group.addTask {
                    try await Self.onThread { for _ in 0..<20 { try line.sendBytes(message) } }
                }
                group.addTask {
                    let areEqual = try await Self.onThread {
                        try (0..<20).allSatisfy { _ in try line.receiveBytes() == message }
                    }
                    #expect(areEqual)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: [false, true])
    func aThreadThatWaitsIsToldOfTheEnd(isOwnEnd: Bool) async throws {
        let (_, client, server) = try await pair(at: .tcpVersion4)
        let line = try client.blocking()
        async let end = Self.onThread { () -> ConnectionError.Code? in
            do throws(ConnectionError) {
                _ = try line.receiveBytes()
                return nil
            } catch {
                return error.code
            }
        }
        try await Task.sleep(for: .milliseconds(50))
        isOwnEnd ? line.close() : server.close()
        #expect(try await end == (isOwnEnd ? .closed : .endOfFile))
    }

    // MARK: Ends

    @Test(arguments: LoopbackPlace.available)
    func anEndIsAnEnd(place: LoopbackPlace) async throws {
        let (_, client, server) = try await pair(at: place)
        try await client.sendBytes([1])
        client.close()
        #expect(try await server.receiveBytes() == [1])
        await #expect { try await server.receiveBytes() } throws: { code($0) == .endOfFile }
    }

    @Test func whoIsCutOffIsToldSo() async throws {
        let (_, client, server) = try await pair(at: .tcpVersion4)
        try await client.sendBytes([1])
        // The socket ends and TLS does not know.
        shutdown(try client.fileDescriptor, Int32(SHUT_RDWR))
        #expect(try await server.receiveBytes() == [1])
        await #expect { try await server.receiveBytes() } throws: {
            code($0) == .closed && "\($0)".contains("cut off")
        }
    }

    @Test func aCancelledReceiveLosesNothing() async throws {
        let (_, client, server) = try await pair()
        let task = Task { try await server.receiveBytes() }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect { try await task.value } throws: { code($0) == .cancelled }
        try await client.sendBytes([5])
        #expect(try await server.receiveBytes() == [5])
    }

    @Test func aPeerThatSaysNothingIsDropped() async throws {
        let listener = try Listener(
            address: .unix(path: directory.file("s")), authkey: nil,
            tls: TestCertificates.server(), handshakeTimeout: .seconds(2))
        let silent = try await Connection.connect(to: listener.address, authkey: nil)
        await #expect { try await silent.receiveBytes() } throws: { _ in true }
        // Others are served.
        let client = try await Connection.connect(
            to: listener.address, authkey: nil, tls: TestCertificates.client())
        try await client.sendBytes([1])
        #expect(try await listener.accept().receiveBytes() == [1])
    }

    // MARK: What cannot travel

    @Test func nothingTravelsThroughItAndItTravelsThroughNothing() async throws {
        let (listener, client, _) = try await pair()
        let (mine, yours) = try Connection.pipe()
        await #expect { try await client.send(mine) } throws: { code($0) == .encoding }
        await #expect { try await yours.send(client) } throws: { code($0) == .encoding }
        await #expect { try await yours.send(listener) } throws: { code($0) == .encoding }
    }
}
