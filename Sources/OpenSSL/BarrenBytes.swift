/// How much ciphertext a peer has sent in which there was no plaintext: pure.
///
/// OpenSSL takes any number of records without data, as those that ask for new keys, and each of 27
/// bytes takes as long as a call. So a client has a balance, of which a newcomer, who has not shown
/// that there is something to say, has a quarter.
struct BarrenBytes {
    /// Most bytes without plaintext that a client may send.
    private static let clientLimit = 1 << 16
    /// So much plaintext makes a client no newcomer.
    private static let plaintextOfNewcomers = 4096
    /// What a record takes besides its plaintext, and a little more.
    private static let recordOverhead = 64
    /// How much is taken at a time of who may be such a client.
    static let smallBite = 4096

    private let isOfClient: Bool
    private var count = 0
    /// Bytes of plaintext, as far as they matter.
    private var plaintext = 0

    /// - Parameter role: of this end.
    init(at role: TLSSetup.Role) {
        isOfClient = role == .server
    }

    private var isNewcomer: Bool { plaintext < Self.plaintextOfNewcomers }

    /// Most bytes to take from the peer at once.
    var bite: Int {
        isOfClient && (isNewcomer || count > Self.smallBite) ? Self.smallBite : .max
    }

    /// A server's tickets may hold its client's certificates, as its handshake does.
    private var limit: Int {
        guard isOfClient else { return TLSSession.handshakeByteLimit }
        return isNewcomer ? Self.clientLimit / 4 : Self.clientLimit
    }

    /// Counts a look into ciphertext.
    ///
    /// - Parameters:
    ///   - consumed: how much of it has gone.
    ///   - found: how much plaintext there was; nil for none.
    /// - Returns: whether the peer has sent too much for nothing.
    mutating func isTooMany(consumed: Int, found: Int?) -> Bool {
        count = max(0, count + consumed - (found.map { $0 + Self.recordOverhead } ?? 0))
        if isNewcomer { plaintext += found ?? 0 }
        return count > limit
    }
}
