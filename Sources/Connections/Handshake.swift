/// The mutual authentication of CPython's connections, as a value: frames in, frames out.
///
///         Listener                                       Connector
///     1.  #CHALLENGE#{sha256}<40 random bytes>  ──▶
///     2.                                        ◀──  {sha256}<MAC>     3.11: 16 bytes, HMAC-MD5
///     3.  #WELCOME#, or #FAILURE# and the end   ──▶
///     4.                                        ◀──  #CHALLENGE#<…>    3.11: 20 random bytes
///     5.  {sha256}<MAC>                         ──▶
///     6.                                        ◀──  #WELCOME#, or #FAILURE# and the end
///
/// Each line is the body of one frame of at most `messageLimit` bytes.  The MAC covers the whole
/// message after `#CHALLENGE#`, its `{digest}` prefix too, so nobody can talk two peers into a
/// weaker digest.  Peers up to CPython 3.11 know neither prefix nor digest: they answer step 1 with
/// raw HMAC-MD5 over all of it, and their own challenge is told by its length.
///
/// Source: "Authentication Handshake Protocol Description" in CPython's
/// Lib/multiprocessing/connection.py (3.12 and later; 3.8 for the older form).
///
/// A listener may have several keys: it knows by step 2 which of them the peer has, and goes on
/// with that.
///
/// Note: CPython refuses a challenge below 20 bytes; we answer one of 16 as a legacy one, since its
/// verifier counts both lengths as legacy.  A challenge equal to our own is refused here, as
/// CPython does not: it would come from a mirror, not from a peer.
package struct Handshake: Sendable {
    /// Which side of the drawing we are.
    package enum Role: Equatable, Sendable {
        case listener, connector
    }

    /// What the driver has to do.  `[UInt8]` is the body of a frame.
    package enum Action: Equatable, Sendable {
        /// Send it, and wait for the next frame.
        case send([UInt8])
        /// Send it; the peer is authenticated, and what follows is not ours.
        case sendThenDone([UInt8])
        /// The peer is authenticated, and what follows is not ours.
        case done
        /// Send what there is to send, then close.  `reason` is for us, never for the peer.
        case fail(reason: String, send: [UInt8]?)
    }

    /// Most bytes of a frame before both sides are authenticated.
    package static let messageLimit = 256
    /// Random bytes of a challenge.
    package static let challengeLength = 40

    static let challengePrefix = Array("#CHALLENGE#".utf8)
    static let welcome = Array("#WELCOME#".utf8)
    /// What a peer is told whose key is another one.
    package static let failure = Array("#FAILURE#".utf8)

    private enum State: Equatable, Sendable {
        case idle
        case awaitsReply, awaitsChallenge, awaitsVerdict
        case over
    }

    private let role: Role
    private let message: [UInt8]
    private let codes: ChallengeCodes
    private var state = State.idle
    /// The place of the key that the peer has; of the first one until that is known.
    private var place = 0
    /// Whether it has failed because the peer has tried a key that is none of ours.
    package private(set) var triedWrongKey = false

    /// - Parameters:
    ///   - challenge: `challengeLength` fresh random bytes.
    ///   - allowsLegacy: whether MD5, and with it CPython up to 3.11, is good enough.
    package init(
        role: Role, key: AuthenticationKey, challenge: [UInt8], allowsLegacy: Bool = true
    ) {
        self.init(role: role, keys: [key], challenge: challenge, allowsLegacy: allowsLegacy)
    }

    /// A listener that has several keys, each of which is good.
    package init(
        listenerWith keys: [AuthenticationKey], challenge: [UInt8], allowsLegacy: Bool = true
    ) {
        self.init(role: .listener, keys: keys, challenge: challenge, allowsLegacy: allowsLegacy)
    }

    private init(
        role: Role, keys: [AuthenticationKey], challenge: [UInt8], allowsLegacy: Bool
    ) {
        precondition(!keys.isEmpty, "a handshake has a key")
        precondition(challenge.count == Self.challengeLength, "a challenge has 40 random bytes")
        self.role = role
        message = Array("{sha256}".utf8) + challenge
        codes = ChallengeCodes(keys: keys, allowsLegacy: allowsLegacy)
    }

    /// The key that both have, once the peer is authenticated.
    package var key: AuthenticationKey { codes.keys[place] }

    /// Begins: a listener sends its challenge (step 1), a connector waits for it.
    package mutating func start() -> Action? {
        precondition(state == .idle, "a handshake starts once")
        switch role {
        case .listener: return sendChallenge()
        case .connector:
            state = .awaitsChallenge
            return nil
        }
    }

    /// Takes the body of the peer's next frame.
    package mutating func received(_ frame: UnsafeRawBufferPointer) -> Action {
        guard frame.count <= Self.messageLimit else {
            return fail("a message of more than \(Self.messageLimit) bytes")
        }
        return received(unsafe Array(frame))
    }

    /// Takes the body of the peer's next frame.
    package mutating func received(_ frame: [UInt8]) -> Action {
        switch state {
        case .idle, .over: fail("a message that nobody waits for")
        case .awaitsReply: receivedReply(frame)
        case .awaitsChallenge: receivedChallenge(frame)
        case .awaitsVerdict: receivedVerdict(frame)
        }
    }

    private mutating func sendChallenge() -> Action {
        state = .awaitsReply
        return .send(Self.challengePrefix + message)
    }

    private mutating func receivedReply(_ frame: [UInt8]) -> Action {
        switch codes.judge(frame, to: message) {
        case .success(let place): self.place = place
        case .failure(let problem):
            triedWrongKey = problem.isWrongKey
            return fail(problem.reason, send: Self.failure)
        }
        switch role {
        case .listener:
            state = .awaitsChallenge
            return .send(Self.welcome)
        case .connector:
            state = .over
            return .sendThenDone(Self.welcome)
        }
    }

    private mutating func receivedChallenge(_ frame: [UInt8]) -> Action {
        guard frame.starts(with: Self.challengePrefix) else {
            return fail("the peer does not send a challenge")
        }
        let theirs = Array(frame.dropFirst(Self.challengePrefix.count))
        guard theirs != message else { return fail("the peer reflects our own challenge") }
        switch codes.answer(to: theirs, place) {
        case .success(let reply):
            state = .awaitsVerdict
            return .send(reply)
        case .failure(let problem): return fail(problem.reason)
        }
    }

    private mutating func receivedVerdict(_ frame: [UInt8]) -> Action {
        guard frame == Self.welcome else {
            return fail(
                frame == Self.failure
                    ? "the peer refused our key" : "the peer sends no verdict on our key")
        }
        switch role {
        case .listener:
            state = .over
            return .done
        case .connector: return sendChallenge()
        }
    }

    private mutating func fail(_ reason: String, send: [UInt8]? = nil) -> Action {
        state = .over
        return .fail(reason: reason, send: send)
    }
}
