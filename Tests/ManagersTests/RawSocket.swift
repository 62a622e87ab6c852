import Connections
import Foundation
import Managers
import OpenSSL
import Sockets
import Testing

/// A socket without manners: it sends any bytes, also half a frame.
final class RawSocket {
    private var descriptor: Descriptor?
    private var decoder = FrameDecoder(limit: 1 << 24)
    private var frames: [[UInt8]] = []
    private var isOver = false

    init(_ address: SocketAddress) throws {
        let candidate = try #require(try address.resolved(.numeric, listening: false).first)
        let socket = try Descriptor(connectingTo: candidate)
        // Over TCP that may go on while the first bytes are waited for.
        _ = try socket.startConnecting(to: candidate)
        descriptor = consume socket
    }

    /// One that knows the key.
    convenience init(authenticated server: RunningServer) async throws {
        try self.init(server.address)
        #expect(try await authenticate(with: server.key))
    }

    /// Proves that it knows the key; false where the peer closes before that.
    func authenticate(with key: AuthenticationKey) async throws -> Bool {
        var handshake = Handshake(
            role: .connector, key: key, challenge: try randomBytes(Handshake.challengeLength))
        _ = handshake.start()
        while let frame = try await frame() {
            switch handshake.received(frame) {
            case .send(let body): try await send(frameHeader(body.count) + body)
            case .sendThenDone(let body):
                try await send(frameHeader(body.count) + body)
                return true
            case .done: return true
            case .fail(let reason, _): Issue.record("refused: \(reason)")
            }
        }
        return false
    }

    func close() { descriptor = nil }

    /// How many frames have come by now.
    func framesAtHand() throws -> Int {
        while try readOnce() {}
        return frames.count
    }

    /// How many bytes have come that have not been read.
    var bytesAtHand: Int {
        guard let number = descriptor?.raw else { return 0 }
        var room = [UInt8](repeating: 0, count: 1 << 23)
        return max(0, recv(number, &room, room.count, Int32(MSG_PEEK)))
    }

    /// Sends what the peer takes; how much that is when it has taken nothing for a while.
    func sendUntilFull(_ bytes: [UInt8]) async throws -> Int {
        var rest = bytes[...]
        var pauses = 0
        while !rest.isEmpty, pauses < 100 {
            switch rest.withUnsafeBytes({ descriptor?.write($0) }) {
            case .bytes(let count):
                rest = rest.dropFirst(count)
                pauses = 0
            case .wouldBlock:
                pauses += 1
                try await Task.sleep(for: .milliseconds(1))
            case .endOfFile, .failed, nil: return bytes.count - rest.count
            }
        }
        return bytes.count - rest.count
    }

    /// Sends all of it, or as much as the peer takes before it closes.
    func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch rest.withUnsafeBytes({ descriptor?.write($0) }) {
            case .bytes(let count): rest = rest.dropFirst(count)
            case .wouldBlock: try await Task.sleep(for: .milliseconds(1))
            case .endOfFile, .failed, nil: return
            }
        }
    }

    /// The next frame's body, nil where the peer has closed.
    ///
    /// - Throws: `CancellationError` when there is none for about a minute.
    func frame() async throws -> [UInt8]? {
        var pauses = 0
        while frames.isEmpty {
            if try readOnce() { continue }
            if isOver { return nil }
            pauses += 1
            guard pauses < 50_000 else { throw CancellationError() }
            try await Task.sleep(for: .milliseconds(1))
        }
        return frames.removeFirst()
    }

    /// Reads what there is; false where there is nothing now, or no more.
    private func readOnce() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 4096)
        switch chunk.withUnsafeMutableBytes({ descriptor?.read(into: $0) }) {
        case .bytes(let count):
            _ = try chunk.prefix(count).withUnsafeBytes { bytes in
                try decoder.feed(bytes) { body in
                    frames.append(Array(body))
                    return true
                }
            }
            return true
        case .wouldBlock: return false
        case .endOfFile, .failed, nil:
            isOver = true
            return false
        }
    }
}
