import OpenSSL
import Testing

@Suite struct TLSSessionTests {
    private static let message = Array("what one says".utf8)

    @Test func bothSidesReadWhatTheOtherWrites() throws {
        var pair = try SessionPair.open()
        #expect(pair.client.write(Self.message) == .bytes(Self.message.count))
        #expect(pair.serverReads().bytes == Self.message)
        #expect(pair.server.write(Self.message) == .bytes(Self.message.count))
        #expect(pair.clientReads() == Self.message)
    }

    @Test(arguments: PrivateKey.Kind.allCases)
    func eitherKindOfKeyWillDo(kind: PrivateKey.Kind) throws {
        let authority = try Authority(kind: kind)
        let identity = try authority.issue(.server, kind: kind)
        var pair = try SessionPair(authority.client(), authority.server(identity))
        let outcome = pair.shake()
        #expect(outcome.client == nil)
        #expect(outcome.server == nil)
    }

    @Test func aHandshakeByteByByteIsAHandshake() throws {
        let authority = try Authority()
        var pair = try SessionPair(authority.client(), authority.server())
        pair.stride = 1
        let outcome = pair.shake()
        #expect(outcome.client == nil)
        #expect(outcome.server == nil)
        #expect(pair.client.write(Self.message) == .bytes(Self.message.count))
        #expect(pair.serverReads().bytes == Self.message)
    }

    @Test func aMessageOfManyRecordsComesWhole() throws {
        var pair = try SessionPair.open()
        let large = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var (sent, got) = (0, [UInt8]())
        var rounds = 0
        while sent < large.count, rounds < 10_000 {
            rounds += 1
            let progress = large[sent...].withUnsafeBytes { pair.client.write($0) }
            if case .bytes(let count) = progress { sent += count }
            let held = pair.client.outputCount
            #expect(held < 200_000)
            if progress == .needsRoom { got += pair.serverReads().bytes }
        }
        got += pair.serverReads().bytes
        #expect(got == large)
    }

    @Test func nothingIsWrittenBeforeBothHaveMet() throws {
        let authority = try Authority()
        var pair = try SessionPair(authority.client(), authority.server())
        #expect(pair.server.write(Self.message) == .needsInput)
        let (isOpen, certificate) = (pair.server.isOpen, pair.server.peerCertificate)
        #expect(!isOpen)
        #expect(certificate == nil)
    }

    @Test func whoHasSaidGoodbyeStillHears() throws {
        var pair = try SessionPair.open()
        _ = pair.client.write(Self.message)
        pair.client.finishWriting()
        let read = pair.serverReads()
        #expect(read.bytes == Self.message)
        #expect(read.end == .ended)
        #expect(pair.server.write(Self.message) == .bytes(Self.message.count))
        #expect(pair.clientReads() == Self.message)
    }

    @Test func newKeysAreTakenAndGiven() throws {
        var pair = try SessionPair.open()
        for _ in 0..<5 {
            pair.client.updateKeys()
            #expect(pair.client.write(Self.message) == .bytes(Self.message.count))
            #expect(pair.serverReads().bytes == Self.message)
            #expect(pair.server.write(Self.message) == .bytes(Self.message.count))
            #expect(pair.clientReads() == Self.message)
        }
    }

    /// Each takes the server as long as a call, and is a few bytes.
    @Test func newKeysOnAndOnEndIt() throws {
        var pair = try SessionPair.open()
        var (count, error) = (0, OpenSSLError?.none)
        while count < 5_000, error == nil {
            pair.client.updateKeys()
            pair.collect()
            while !pair.toServer.isEmpty, error == nil {
                pair.carry()
                error = pair.server.readAll().end?.error
                // What the server answers is lost.
                pair.collect()
                pair.toClient = []
            }
            count += 1
        }
        #expect(error?.reason == "the peer has sent too much TLS with no data in it")
        #expect(count > 100 && count < 1_000)
    }

    @Test func aChangedByteEndsIt() throws {
        var pair = try SessionPair.open()
        _ = pair.client.write(Self.message)
        pair.collect()
        pair.toServer[pair.toServer.count - 3] ^= 1
        let read = pair.serverReads()
        #expect(read.bytes.isEmpty)
        #expect(read.end?.error?.code == .broken)
        // And it stays ended.
        #expect(pair.server.readAll().end?.error?.code == .broken)
        #expect(pair.server.write(Self.message).error?.code == .broken)
    }

    @Test func aHandshakeCutAnywhereJustWaits() throws {
        let authority = try Authority()
        let (client, server) = (try authority.client(), try authority.server())
        var first = try SessionPair(client, server)
        _ = first.client.handshake()
        first.collect()
        let hello = first.toServer
        for length in hello.indices {
            var session = try TLSSession(server)
            _ = session.take(hello[..<length])
            #expect(session.handshake() == .needsInput)
        }
    }

    @Test func garbageIsNoTLS() throws {
        let server = try Authority().server()
        for text in ["GET / HTTP/1.1\r\n\r\n", "\0\0\0\u{14}#CHALLENGE#aaaaaaaaa", "hello, world"] {
            var session = try TLSSession(server)
            _ = session.take(Array(text.utf8)[...])
            #expect(session.handshake()?.error?.code == .notTLS)
        }
    }

    @Test func randomBytesNeverOpenASession() throws {
        let server = try Authority().server()
        for _ in 0..<300 {
            var session = try TLSSession(server)
            var bytes = try randomBytes(600)
            // Such as look like a record are read further.
            bytes.replaceSubrange(0..<5, with: [22, 3, 1, 2, 0])
            _ = session.take(bytes[...])
            #expect(session.handshake()?.error != nil)
        }
    }

    @Test func aHandshakeWithoutEndIsRefused() throws {
        let authority = try Authority()
        var client = try TLSSession(authority.client(), names: ["localhost"])
        _ = client.handshake()
        // A server's hello that never ends: records of a message of 16 MB.
        var record: [UInt8] = [22, 3, 3, 0x40, 0]
        record += [2, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 16_380)
        var failure: OpenSSLError?
        for _ in 0..<100 where failure == nil {
            _ = client.take(record[...])
            failure = client.handshake()?.error
        }
        #expect(failure != nil)
    }

    @Test func aSessionIsResumedOnceForEachTicket() throws {
        let authority = try Authority()
        let (client, server) = (try authority.client(), try authority.server())
        for round in 0..<3 {
            var pair = try SessionPair(client, server)
            pair.shake()
            let (first, second) = (pair.client.isResumed, pair.server.isResumed)
            #expect(first == (round > 0))
            #expect(second == (round > 0))
            _ = pair.server.write(Self.message)
            #expect(pair.clientReads() == Self.message)
        }
    }

    @Test func nothingIsResumedWithCertificatesThatWereReadAnew() throws {
        let authority = try Authority()
        let client = try authority.client()
        for _ in 0..<2 {
            var pair = try SessionPair(client, authority.server())
            pair.shake()
            let isResumed = pair.client.isResumed
            #expect(!isResumed)
            _ = pair.server.write(Self.message)
            #expect(pair.clientReads() == Self.message)
        }
    }
}
