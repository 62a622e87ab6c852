internal import Connections

/// A peer without the key, in either role: it may say what it likes and reflect what it hears, but
/// it is never let in.
///
/// ```text
/// 0     1       2       2+n
/// role  length  a frame  length  a frame …      length 255: the frame last sent comes back
/// ```
enum HandshakeFuzz: FuzzTarget {
    static let name = "handshake"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        let challenge = Array("#CHALLENGE#".utf8)
        let frames: [[UInt8]] = [
            challenge + [UInt8](repeating: 7, count: 20),
            challenge + Array("{sha256}".utf8) + [UInt8](repeating: 7, count: 40),
            Array("{md5}".utf8) + [UInt8](repeating: 7, count: 16),
            [UInt8](repeating: 7, count: 16), Array("#WELCOME#".utf8), Array("#FAILURE#".utf8),
        ]
        let script = frames.flatMap { [UInt8($0.count)] + $0 }
        return [[0] + script, [1] + script, [2] + script, [0, 255, 255, 255], [1, 255, 255]]
            + frames.flatMap { frame in (0..<4).map { [$0, UInt8(frame.count)] + frame } }
    }

    static func run(_ input: [UInt8]) {
        let secret = "a secret nobody guesses".utf8
        guard let key = try? AuthenticationKey(secret) else { return }
        var reader = InputReader(input)
        let flags = reader.byte()
        var handshake = Handshake(
            role: flags & 1 == 0 ? .listener : .connector, key: key,
            challenge: [UInt8](repeating: 0xA5, count: Handshake.challengeLength),
            allowsLegacy: flags & 2 == 0)
        var lastSent: [UInt8] = []
        if case .send(let frame) = handshake.start() { lastSent = frame }
        while !reader.isAtEnd {
            let length = Int(reader.byte())
            let frame = length == 255 ? lastSent : reader.bytes(length == 254 ? 300 : length)
            switch handshake.received(frame) {
            case .send(let reply):
                claim(reply.count <= Handshake.messageLimit, "a message is short")
                lastSent = reply
            case .sendThenDone, .done: fatalError("FINDING: a peer without the key was let in")
            case .fail(_, let reply):
                let isRefusal = reply.map { $0 == Array("#FAILURE#".utf8) } ?? true
                claim(isRefusal, "a stranger is told nothing")
                return
            }
        }
    }
}
