import Connections
import OpenSSL
import Testing

/// The numbers are the steps of the drawing at `Handshake`.
@Suite struct HandshakeTests {
    private let key: AuthenticationKey
    private let other: AuthenticationKey
    private let ours = [UInt8](repeating: 1, count: 40)
    private let theirs = [UInt8](repeating: 2, count: 40)
    private let welcome = Array("#WELCOME#".utf8)
    private let failure = Array("#FAILURE#".utf8)

    init() throws {
        key = try AuthenticationKey(Array("secret".utf8))
        other = try AuthenticationKey(Array("guess".utf8))
    }

    private func challenge(_ message: [UInt8]) -> [UInt8] { Array("#CHALLENGE#".utf8) + message }

    private func modern(_ random: [UInt8], _ digest: String = "sha256") -> [UInt8] {
        Array("{\(digest)}".utf8) + random
    }

    private func reply(_ digest: Digest, to message: [UInt8]) throws -> [UInt8] {
        try modern(hmac(digest, key: key.bytes, message: message), digest.rawValue)
    }

    private func listener(allowsLegacy: Bool = true) -> Handshake {
        Handshake(role: .listener, key: key, challenge: ours, allowsLegacy: allowsLegacy)
    }

    private func connector(allowsLegacy: Bool = true) -> Handshake {
        Handshake(role: .connector, key: key, challenge: ours, allowsLegacy: allowsLegacy)
    }

    @Test(arguments: Digest.allCases)
    func aListenerAndAModernConnector(digest: Digest) throws {
        var machine = listener()
        #expect(machine.start() == .send(challenge(modern(ours))))  // 1
        #expect(machine.received(try reply(digest, to: modern(ours))) == .send(welcome))  // 2, 3
        let message = modern(theirs, digest.rawValue)
        #expect(machine.received(challenge(message)) == .send(try reply(digest, to: message)))  // 5
        #expect(machine.received(welcome) == .done)  // 6
    }

    @Test(arguments: Digest.allCases)
    func aConnectorAndAModernListener(digest: Digest) throws {
        var machine = connector()
        #expect(machine.start() == nil)
        let message = modern(theirs, digest.rawValue)
        #expect(machine.received(challenge(message)) == .send(try reply(digest, to: message)))  // 2
        #expect(machine.received(welcome) == .send(challenge(modern(ours))))  // 3, 4
        #expect(machine.received(try reply(digest, to: modern(ours))) == .sendThenDone(welcome))
    }

    @Test func aListenerAndALegacyConnector() throws {
        var machine = listener()
        _ = machine.start()
        let raw = try hmac(.md5, key: key.bytes, message: modern(ours))
        #expect(machine.received(raw) == .send(welcome))
        let short = Array(theirs.prefix(20))
        let answer = try hmac(.md5, key: key.bytes, message: short)
        #expect(machine.received(challenge(short)) == .send(answer))
        #expect(machine.received(welcome) == .done)
    }

    @Test(arguments: [16, 20])
    func aConnectorAndALegacyListener(length: Int) throws {
        var machine = connector()
        _ = machine.start()
        let short = Array(theirs.prefix(length))
        let answer = try hmac(.md5, key: key.bytes, message: short)
        #expect(machine.received(challenge(short)) == .send(answer))
        #expect(machine.received(welcome) == .send(challenge(modern(ours))))
        let raw = try hmac(.md5, key: key.bytes, message: modern(ours))
        #expect(machine.received(raw) == .sendThenDone(welcome))
    }

    @Test func twoOfUsUnderstandEachOther() throws {
        for legacy in [true, false] {
            #expect(try converse(key, key, allowsLegacy: legacy) == [.done, .done])
        }
    }

    @Test func otherKeysAreRefused() throws {
        let ends = try converse(key, other)
        #expect(
            ends == [.refused("the peer has another key"), .refused("the peer refused our key")])
    }

    // MARK: Several keys

    private func listener(with keys: [AuthenticationKey]) -> Handshake {
        Handshake(listenerWith: keys, challenge: ours)
    }

    @Test(arguments: [0, 1, 2])
    func aListenerWithSeveralKeysGoesOnWithThePeers(place: Int) throws {
        var keys = [other, try AuthenticationKey([1]), try AuthenticationKey([2])]
        keys[place] = key
        var machine = listener(with: keys)
        #expect(machine.start() == .send(challenge(modern(ours))))
        #expect(machine.received(try reply(.sha256, to: modern(ours))) == .send(welcome))
        #expect(machine.key == key)
        // Its own answer is made with that key, too, in the older form as well.
        let short = Array(theirs.prefix(20))
        let answer = try hmac(.md5, key: key.bytes, message: short)
        #expect(machine.received(challenge(short)) == .send(answer))
        #expect(machine.received(welcome) == .done)
        #expect(!machine.triedWrongKey)
    }

    @Test func aKeyThatIsNoneOfSeveralIsRefused() throws {
        var machine = listener(with: [other, try AuthenticationKey([1])])
        _ = machine.start()
        let action = machine.received(try reply(.sha256, to: modern(ours)))
        #expect(action == .fail(reason: "the peer has another key", send: failure))
        #expect(machine.triedWrongKey)
        expectOver(&machine)
    }

    @Test func whatIsNoAnswerTriesNoKey() {
        var machine = listener(with: [key, other])
        _ = machine.start()
        _ = machine.received(Array("nonsense".utf8))
        #expect(!machine.triedWrongKey)
    }

    @Test func aStrangerGetsFailureAndNothingElse() throws {
        let wrong = Array(repeating: UInt8(0), count: 32)
        for reply in [
            [], [1], Array(repeating: 0, count: 16), Array(repeating: 0, count: 20),
            modern(wrong), modern(wrong, "sha1"), modern([], "sha256"), modern(wrong + [0]),
            Array("#WELCOME#".utf8), Array(repeating: 123, count: 256),
        ] {
            var machine = listener()
            _ = machine.start()
            guard case .fail(_, send: failure) = machine.received(reply) else {
                Issue.record("\(reply) was answered otherwise")
                continue
            }
            expectOver(&machine)
        }
    }

    @Test func aReplyToOneChallengeAnswersNoOther() throws {
        let recorded = try reply(.sha256, to: modern(ours))
        var machine = Handshake(role: .listener, key: key, challenge: theirs)
        _ = machine.start()
        #expect(
            machine.received(recorded) == .fail(reason: "the peer has another key", send: failure))
    }

    @Test func aFrameAbove256BytesIsRefusedUnread() {
        var machine = listener()
        _ = machine.start()
        let long = [UInt8](repeating: 0, count: 257)
        let action = long.withUnsafeBytes { machine.received($0) }
        #expect(action == .fail(reason: "a message of more than 256 bytes", send: nil))
        expectOver(&machine)
    }

    @Test func withoutLegacyNoMD5CountsInAnyForm() throws {
        for reply in [
            try hmac(.md5, key: key.bytes, message: modern(ours)),
            try reply(.md5, to: modern(ours)),
        ] {
            var machine = listener(allowsLegacy: false)
            _ = machine.start()
            guard case .fail(_, send: failure) = machine.received(reply) else {
                Issue.record("MD5 was accepted")
                continue
            }
        }
        for message in [Array(theirs.prefix(20)), modern(theirs, "md5")] {
            var machine = connector(allowsLegacy: false)
            _ = machine.start()
            expectFailure(machine.received(challenge(message)))
            expectOver(&machine)
        }
    }

    @Test func ourOwnChallengeReflectedIsRefused() throws {
        var machine = listener()
        _ = machine.start()
        _ = machine.received(try reply(.sha256, to: modern(ours)))
        let action = machine.received(challenge(modern(ours)))
        #expect(action == .fail(reason: "the peer reflects our own challenge", send: nil))
        expectOver(&machine)
        var mirror = connector()
        _ = mirror.start()
        expectFailure(mirror.received(challenge(modern(ours))))
    }

    @Test func challengesNobodyShouldAnswerAreRefused() {
        for message in [
            [], [1], modern([]), Array(theirs.prefix(19)), Array(theirs.prefix(21)), theirs,
            modern(theirs, "sha1"), modern(theirs, "SHA256"), Array("{sha256".utf8) + theirs,
        ] {
            var machine = connector()
            _ = machine.start()
            expectFailure(machine.received(challenge(message)))
            expectOver(&machine)
        }
        var machine = connector()
        _ = machine.start()
        expectFailure(machine.received(welcome))
        expectOver(&machine)
    }

    @Test func onlyWelcomeIsWelcome() throws {
        for verdict in [failure, [], Array("#WELCOME".utf8), Array("#WELCOME##".utf8)] {
            var machine = connector()
            _ = machine.start()
            _ = machine.received(challenge(modern(theirs)))
            expectFailure(machine.received(verdict))
            expectOver(&machine)
        }
    }

    @Test func nothingFollowsTheEnd() throws {
        var machine = listener()
        _ = machine.start()
        _ = machine.received(try reply(.sha256, to: modern(ours)))
        _ = machine.received(challenge(modern(theirs)))
        #expect(machine.received(welcome) == .done)
        expectOver(&machine)
    }

    // MARK: a conversation of two machines

    private enum End: Equatable {
        case done
        case refused(String)
    }

    /// How a listener and a connector part.
    private func converse(
        _ first: AuthenticationKey, _ second: AuthenticationKey, allowsLegacy: Bool = true
    ) throws -> [End] {
        var machines = [
            Handshake(role: .listener, key: first, challenge: ours, allowsLegacy: allowsLegacy),
            Handshake(role: .connector, key: second, challenge: theirs, allowsLegacy: allowsLegacy),
        ]
        var ends: [End?] = [nil, nil]
        var wire: [(to: Int, frame: [UInt8])] = []
        func perform(_ action: Handshake.Action?, of index: Int) {
            switch action {
            case nil: break
            case .send(let frame): wire.append((1 - index, frame))
            case .sendThenDone(let frame):
                wire.append((1 - index, frame))
                ends[index] = .done
            case .done: ends[index] = .done
            case .fail(let reason, let frame):
                if let frame { wire.append((1 - index, frame)) }
                ends[index] = .refused(reason)
            }
        }
        for index in machines.indices { perform(machines[index].start(), of: index) }
        while !wire.isEmpty {
            let (index, frame) = wire.removeFirst()
            perform(machines[index].received(frame), of: index)
        }
        return try ends.map { try #require($0) }
    }

    private func expectFailure(_ action: Handshake.Action) {
        guard case .fail(_, send: nil) = action else {
            Issue.record("\(action) is no silent failure")
            return
        }
    }

    /// Whatever comes now is refused, and answered by nothing.
    private func expectOver(_ machine: inout Handshake) {
        for frame in [welcome, failure, [], challenge(modern(theirs))] {
            expectFailure(machine.received(frame))
        }
    }
}
