import OpenSSL
import Sockets
import Testing

@testable import Connections

/// Wires with TLS in one thread, where every byte between them passes through the test's hands.
@Suite(.timeLimit(.minutes(5)))
struct WireTests {
    private static let message = [UInt8](repeating: 0x42, count: 40_000)

    private let client: SharedWire
    private let server: SharedWire
    /// The other ends of their sockets.
    private let clientsPeer: SharedDescriptor
    private let serversPeer: SharedDescriptor

    init() throws {
        let context = try TestCertificates.server().serverContext()
        let links = (
            client: try TLSClient(TestCertificates.client())
                .link(to: .tcp(host: "localhost", port: 1)),
            server: try TLSLink(accepting: context)
        )
        (client, clientsPeer) = try Descriptor.pair().split { one, other in
            (SharedWire(Wire(one, tls: links.client)), SharedDescriptor(other))
        }
        (server, serversPeer) = try Descriptor.pair().split { one, other in
            (SharedWire(Wire(one, tls: links.server)), SharedDescriptor(other))
        }
        var outcomes: [TLSLink.Securing] = []
        for _ in 0..<20 where outcomes != [.done, .done] {
            outcomes = [client.wire.secure(), server.wire.secure()]
            carry()
        }
        try #require(outcomes == [.done, .done])
    }

    private func carry() {
        _ = Self.move(clientsPeer, serversPeer)
        _ = Self.move(serversPeer, clientsPeer)
    }

    /// Carries what lies there, and no more than a socket takes.
    ///
    /// - Returns: how many bytes those were.
    private static func move(
        _ from: SharedDescriptor, _ to: SharedDescriptor, limit: Int = 150_000
    ) -> Int {
        var moved = 0
        var room = [UInt8](repeating: 0, count: 65_536)
        while moved < limit {
            let most = min(room.count, limit - moved)
            let transfer = room.withUnsafeMutableBytes { room in
                from.descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<most]))
            }
            guard case .bytes(let count) = transfer else { break }
            _ = room.withUnsafeBytes { room in
                to.descriptor.write(UnsafeRawBufferPointer(rebasing: room[..<count]))
            }
            moved += count
        }
        return moved
    }

    private static func readAll(_ wire: SharedWire) -> (bytes: [UInt8], end: Transfer) {
        var bytes: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 10_000)
        while true {
            let transfer = room.withUnsafeMutableBytes { wire.wire.read(into: $0) }
            guard case .bytes(let count) = transfer else { return (bytes, transfer) }
            bytes += room.prefix(count)
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to wire: SharedWire) -> Transfer {
        bytes.withUnsafeBytes { wire.wire.write($0) }
    }

    @Test func whatCountsAsWrittenCanBeReadWhateverBecomesOfTheRest() {
        var written = 0
        var rounds = 0
        let message = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        var got: [UInt8] = []
        while written < message.count, rounds < 10_000 {
            rounds += 1
            if case .bytes(let count) = Self.write(message[written...], to: client) {
                written += count
            }
            _ = Self.move(clientsPeer, serversPeer, limit: 50_000)
            got += Self.readAll(server).bytes
        }
        #expect(written == message.count)
        while Self.move(clientsPeer, serversPeer) > 0 { got += Self.readAll(server).bytes }
        let isEqual = got == message
        #expect(isEqual)
    }

    /// A full socket: bytes that are not whole records yet count as not written.
    @Test func whatDoesNotCountAsWrittenCannotBeRead() {
        let message = [UInt8](repeating: 1, count: 8_000_000)
        var written = 0
        while case .bytes(let count) = Self.write(message[written...], to: client) {
            written += count
        }
        #expect(written < message.count)
        let isWaiting = client.wire.holdsOutput
        #expect(isWaiting)
        var got = 0
        for _ in 0..<1000 {
            guard Self.move(clientsPeer, serversPeer) > 0 else { break }
            got += Self.readAll(server).bytes.count
        }
        #expect(got == written)
    }

    @Test func threePiecesAreWrittenAsOne() {
        let pieces = [5, 100_000, 7].map { count in (0..<count).map { UInt8($0 % 251) } }
        let whole = pieces[0] + pieces[1] + pieces[2]
        let transfer = pieces[0].withUnsafeBytes { head in
            pieces[1].withUnsafeBytes { body in
                pieces[2].withUnsafeBytes { client.wire.write(head, then: body, then: $0) }
            }
        }
        #expect(transfer == .bytes(whole.count))
        carry()
        let read = Self.readAll(server)
        #expect(read.bytes == whole)
        let holdsMore = server.wire.holdsInput
        #expect(read.end == .wouldBlock)
        #expect(!holdsMore)
    }

    @Test func anEndThatWasAnnouncedIsAnEnd() {
        _ = Self.write(Self.message[...], to: client)
        client.wire.finishWriting()
        carry()
        clientsPeer.descriptor.end()
        let read = Self.readAll(server)
        #expect(read.bytes == Self.message)
        #expect(read.end == .endOfFile)
        #expect(Self.write([1], to: server) == .bytes(1))
    }

    /// One byte less than everything, or many: it is never an end.
    @Test(arguments: [0, 1, 2, 5, 17, 22, 24, 25, 1000, 16_000, 30_000, 40_000])
    func anEndThatWasCutOffIsNone(missing: Int) {
        _ = Self.write(Self.message[...], to: client)
        client.wire.finishWriting()
        // Its records, and what announces the end.
        let all = Self.message.count + 3 * 22 + 24
        _ = Self.move(clientsPeer, serversPeer, limit: all - missing)
        serversPeer.descriptor.end()
        let read = Self.readAll(server)
        if missing == 0 {
            #expect(read.end == .endOfFile)
        } else {
            #expect(read.end == .protocolFailed)
            let reason = server.wire.failure("recv", 0)
            #expect(reason == .truncated)
            #expect(Self.message.starts(with: read.bytes))
        }
    }

    @Test func aReadThatLeavesRoomHasLeftNothing() {
        _ = Self.write(Self.message[...], to: client)
        carry()
        var room = [UInt8](repeating: 0, count: 39_999)
        let first = room.withUnsafeMutableBytes { server.wire.read(into: $0) }
        let holdsMore = server.wire.holdsInput
        #expect(first == .bytes(39_999))
        #expect(holdsMore)
        let second = room.withUnsafeMutableBytes { server.wire.readHeld(into: $0) }
        let holdsNothing = !server.wire.holdsInput
        #expect(second == .bytes(1))
        #expect(holdsNothing)
    }

    @Test func bytesThatAreDisownedAreNotWrittenAgain() {
        let message = [UInt8](repeating: 1, count: 8_000_000)
        var written = 0
        while case .bytes(let count) = Self.write(message[written...], to: client) {
            written += count
        }
        written += client.wire.disown()
        var got = 0
        for _ in 0..<1000 {
            guard Self.move(clientsPeer, serversPeer) > 0 else { break }
            got += Self.readAll(server).bytes.count
            _ = client.wire.flush()
        }
        let left = client.wire.disown()
        #expect(got == written)
        #expect(left == 0)
    }
}
