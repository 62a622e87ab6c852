internal import Connections

/// What lies in a key file: it is refused, or two sides that have it let each other in, and nobody
/// is let in whose key differs by one bit. It is never shown.
///
/// ```text
/// 0      1  2     3
/// flags  a  bit   the key      flags: 1 a legacy answer is allowed, 2 the keys differ
/// ```
enum KeyFuzz: FuzzTarget {
    static let name = "keys"
    static let isMadeOfInstructions = false

    static func seeds(_ golden: [[UInt8]]) -> [[UInt8]] {
        ["secret", "secret\n", "", "\u{FEFF}key", String(repeating: "k", count: 200)].flatMap {
            key in
            (0..<4 as Range<UInt8>).map { [$0, 0, 3] + Array(key.utf8) }
        }
    }

    static func run(_ input: [UInt8]) {
        var reader = InputReader(input)
        let flags = reader.byte()
        let place = Int(reader.byte()) << 3 | Int(reader.byte() & 7)
        let bytes = reader.bytes(input.count)
        guard let key = key(bytes) else { return }
        var other = bytes
        if flags & 2 != 0 { other[place >> 3 % bytes.count] ^= 1 << UInt8(place & 7) }
        guard let peersKey = self.key(other) else { return }
        let isSame = other == bytes
        let isIn = converse(
            Handshake(
                role: .listener, key: key, challenge: challenge(0x5A),
                allowsLegacy: flags & 1 != 0),
            Handshake(role: .connector, key: peersKey, challenge: challenge(0xA5)))
        claim(isIn == isSame, "keys of \(bytes.count) bytes, the same: \(isSame), let in: \(isIn)")
    }

    private static func challenge(_ byte: UInt8) -> [UInt8] {
        [UInt8](repeating: byte, count: Handshake.challengeLength)
    }

    private static func key(_ bytes: [UInt8]) -> AuthenticationKey? {
        do throws(ConnectionError) {
            let key = try AuthenticationKey(bytes)
            claim(1...AuthenticationKey.sizeLimit ~= bytes.count, "a key of \(bytes.count) bytes")
            let shown = "\(key) \(Mirror(reflecting: key).children.count)"
            claim(shown == "AuthenticationKey(\(bytes.count) bytes) 0", "a key is shown: \(shown)")
            return key
        } catch {
            claim(error.code == .invalidKey, "a key is refused as such: \(error)")
            return nil
        }
    }

    /// Whether both sides let the other in.
    private static func converse(_ listener: Handshake, _ connector: Handshake) -> Bool {
        var sides = [listener, connector]
        var isIn = [false, false]
        var turn = 1
        var frame = send(sides[0].start())
        _ = sides[1].start()
        while let body = frame {
            let action = sides[turn].received(body)
            switch action {
            case .sendThenDone, .done: isIn[turn] = true
            case .send, .fail: break
            }
            frame = send(action)
            turn = 1 - turn
        }
        claim(isIn[0] == isIn[1], "either both are let in, or none: \(isIn)")
        return isIn[0]
    }

    private static func send(_ action: Handshake.Action?) -> [UInt8]? {
        switch action {
        case .send(let body), .sendThenDone(let body): body
        case .fail(_, let body): body
        case .done, nil: nil
        }
    }
}
