internal import COpenSSL
internal import Synchronization

/// One side of a TLS 1.3 connection, as a machine without a socket.
///
/// ```text
///   socket  ──ciphertext──▶ receive │ session │ read  ──plaintext──▶  user
///           ◀──ciphertext── send    │         │ write ◀──plaintext──
/// ```
///
/// Each step says what must come first: bytes of the peer, or room for ours.  The handshake runs by
/// itself in whatever step is tried.  A peer that wants new keys (KeyUpdate) gets them; it cannot
/// negotiate anew.  What lies in it is bounded by a block each way (`CiphertextStream.size`) and
/// OpenSSL's own buffer for one record.
///
/// SAFETY: it cannot be copied, and nobody else has its `ssl` or the streams.
@safe package struct TLSSession: ~Copyable, @unchecked Sendable {
    /// Most bytes of plaintext in a record.
    package static let recordLimit = 16_384
    /// So many bytes can be received at once, where what came before has been read.
    package static let leastInput = BarrenBytes.smallBite
    /// Most bytes that a handshake takes, all certificates included.
    package static let handshakeByteLimit = 1 << 18

    /// What came of a step.
    package enum Progress: Equatable, Sendable {
        /// So many bytes of plaintext were moved, at least one.
        case bytes(Int)
        /// More of the peer's must be received first.
        case needsInput
        /// What waits must be sent first.
        case needsRoom
        /// The peer has said that it sends nothing more.
        case ended
        /// It is over.  What waits says so to the peer.
        case failed(OpenSSLError)
    }

    private let context: TLSContext
    /// The name under which resumptions are kept; nil on a server.
    private let server: String?
    private let handle: Handle
    private var input: CiphertextStream
    private var output: CiphertextStream
    /// Bytes received before the handshake was over.
    private var handshakeBytes = 0
    /// Of those received since then.
    private var barren: BarrenBytes
    /// How it ended, once nothing more is to be read.
    private var end: Progress?
    /// What was tried last found no room for what it had to say, and has to be tried again.
    private var waitsForRoom = false
    private var hasSaidGoodbye = false
    private var hasKeptResumption = false
    /// Whether the handshake is over, and the peer is whom it must be.
    package private(set) var isOpen = false

    /// OpenSSL's part, freed with this value.
    @safe private struct Handle: ~Copyable {
        /// So many sessions may keep their buffers, up to 170 KB each. What more there are take
        /// them for each record, which takes a small call a twentieth of its time.
        private static let bufferedLimit = 128
        private static let count = Atomic(0)

        let ssl: OpaquePointer
        let keepsBuffers: Bool

        init(_ context: TLSContext) throws(OpenSSLError) {
            mp_errors_clear()
            guard let made = unsafe SSL_new(context.context) else { throw .noMemory() }
            unsafe ssl = made
            let before = Self.count.add(1, ordering: .relaxed).oldValue
            keepsBuffers = before < Self.bufferedLimit
            if keepsBuffers { unsafe mp_session_keep_buffers(made) }
        }

        deinit {
            unsafe SSL_free(ssl)
            Self.count.subtract(1, ordering: .relaxed)
        }
    }

    private var ssl: OpaquePointer { unsafe handle.ssl }

    /// A session of a client or a server.
    ///
    /// - Parameters:
    ///   - names: for a client: whom the server's certificate must be for, one of these; the first
    ///     is asked for. None where any certificate will do that is trusted.
    ///   - server: for a client: where the server is. A session that ended there is resumed.
    /// - Throws: `.noMemory`; `.unusable` where a name is none.
    package init(
        _ context: TLSContext, names: [String] = [], server: String? = nil
    ) throws(OpenSSLError) {
        let key = server.map { ([$0] + names).joined(separator: " ") }
        let handle = try Handle(context)
        let input = CiphertextStream(keepsBlock: handle.keepsBuffers)
        let output = CiphertextStream(keepsBlock: handle.keepsBuffers)
        let (read, write) = unsafe (try input.makeBIO(), try output.makeBIO())
        unsafe SSL_set_bio(handle.ssl, read, write)
        if context.role == .server {
            unsafe SSL_set_accept_state(handle.ssl)
        } else {
            unsafe SSL_set_connect_state(handle.ssl)
            try unsafe Self.expect(names, of: handle.ssl)
            if let key, let last = context.takeResumption(with: key) {
                unsafe SSL_set_session(handle.ssl, last.session)
            }
        }
        self.context = context
        self.server = key
        self.handle = handle
        self.input = input
        self.output = output
        barren = BarrenBytes(at: context.role)
    }

    /// Has the certificate of the server checked for one of these names.
    private static func expect(
        _ names: [String], of ssl: OpaquePointer
    ) throws(OpenSSLError) {
        guard let first = names.first else { return }
        unsafe SSL_set_hostflags(ssl, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        let parameters = unsafe SSL_get0_param(ssl)
        // An address is looked for among the addresses, and asked for by nobody (RFC 6066, 3).
        if names.count == 1, unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, first) == 1 { return }
        mp_errors_clear()
        guard unsafe SSL_set1_host(ssl, first) == 1, unsafe mp_session_ask_for(ssl, first) == 1
        else { throw .unusable("'\(first)' is no name of a server") }
        for name in names.dropFirst() {
            guard unsafe SSL_add1_host(ssl, name) == 1 else {
                throw .unusable("'\(name)' is no name of a server")
            }
        }
    }

    // MARK: Ciphertext

    /// Whether something that was received has not been read: ciphertext, or plaintext of a record
    /// of which only a part was wanted, or how it ended.
    package var holdsInput: Bool {
        input.count > 0 || end != nil || (unsafe SSL_pending(ssl)) > 0
    }

    /// Whether a look into it is in vain until more has been received.
    package var isDry: Bool { isOpen && end == nil && !hasMore }

    /// How many bytes of ciphertext are to be sent.
    package var outputCount: Int { output.count }

    /// Takes bytes of the peer: all of what came before must have been read.
    ///
    /// - Parameter body: writes them to the room lent to it, and returns how many.
    package mutating func receive(_ body: (UnsafeMutableRawBufferPointer) -> Int) {
        let before = input.count
        unsafe input.fill(most: isOpen ? barren.bite : .max, body)
        if !isOpen { handshakeBytes += input.count - before }
    }

    /// Gives bytes for the peer.
    ///
    /// - Parameter body: takes them from the front of those lent to it, and returns how many.
    package mutating func send(_ body: (UnsafeRawBufferPointer) -> Int) {
        unsafe output.drain(body)
    }

    // MARK: Steps

    /// Goes on with the handshake.
    ///
    /// - Returns: what it waits for; nil once it is over.
    @inline(__always)
    package mutating func handshake() -> Progress? {
        isOpen ? nil : handshakeStep()
    }

    private mutating func handshakeStep() -> Progress? {
        if let end { return end }
        guard handshakeBytes <= Self.handshakeByteLimit else { return fail(.tooMuchHandshake) }
        output.prepare()
        mp_errors_clear()
        let result = unsafe SSL_do_handshake(ssl)
        input.shed()
        output.shed()
        guard result == 1 else { return stopped(result) }
        if let problem = problemOfPeer { return fail(problem) }
        isOpen = true
        return nil
    }

    /// Reads plaintext, as much as there is room for and has been received.
    package mutating func read(into room: UnsafeMutableRawBufferPointer) -> Progress {
        if let waits = handshake() { return waits }
        if let end { return end }
        guard hasMore else { return .needsInput }
        // For an answer to what is no data: new keys, or the reason why it is over.
        output.prepare()
        var total = 0
        var progress: Progress?
        while total < room.count, hasMore {
            var count = 0
            let before = input.count
            waitsForRoom = false
            mp_errors_clear()
            let result = unsafe SSL_read_ex(
                ssl, room.baseAddress?.advanced(by: total), room.count - total, &count)
            let found = result == 1 ? count : nil
            if barren.isTooMany(consumed: before - input.count, found: found) {
                progress = fail(.tooLittleData)
                break
            }
            guard result == 1 else {
                progress = stopped(result)
                break
            }
            total += count
        }
        input.shed()
        output.shed()
        if total > 0, !hasKeptResumption { keepResumption() }
        return total > 0 ? .bytes(total) : progress ?? .needsInput
    }

    /// Whether another look may give something: to look in vain takes OpenSSL a tenth of what a
    /// small call takes.
    private var hasMore: Bool {
        input.count > 0 || waitsForRoom || (unsafe SSL_has_pending(ssl)) == 1
    }

    /// Encrypts bytes, at least one and at most a record.
    package mutating func write(_ bytes: UnsafeRawBufferPointer) -> Progress {
        if let waits = handshake() { return waits }
        if case .failed = end { return .failed(.over) }
        output.prepare()
        // A record that did not fit would have to be given again, byte for byte.
        guard output.room >= Self.recordLimit + 256 else { return .needsRoom }
        var count = 0
        mp_errors_clear()
        let result = unsafe SSL_write_ex(
            ssl, bytes.baseAddress, min(bytes.count, Self.recordLimit), &count)
        guard result == 1 else { return stopped(result) }
        return .bytes(count)
    }

    /// Says that nothing more will be written; what the peer writes can still be read.
    package mutating func finishWriting() {
        guard isOpen, !hasSaidGoodbye else { return }
        if case .failed = end { return }
        hasSaidGoodbye = true
        output.prepare()
        mp_errors_clear()
        _ = unsafe SSL_shutdown(ssl)
        mp_errors_clear()
        output.shed()
    }

    /// Makes new keys, and asks for the peer's.
    package mutating func updateKeys() {
        output.prepare()
        mp_errors_clear()
        _ = unsafe SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
        _ = unsafe SSL_do_handshake(ssl)
        mp_errors_clear()
        output.shed()
    }

    /// What a step that gave nothing waits for.
    private mutating func stopped(_ result: Int32) -> Progress {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_WANT_WRITE:
            waitsForRoom = true
            return .needsRoom
        case SSL_ERROR_ZERO_RETURN:
            end = .ended
            return .ended
        default:
            let verdict = unsafe SSL_get_verify_result(ssl)
            return fail(.tls(verdict: verdict, isFresh: unsafe SSL_get_state(ssl).isFirst))
        }
    }

    private mutating func fail(_ error: OpenSSLError) -> Progress {
        end = .failed(error)
        return .failed(error)
    }

    // MARK: The peer

    /// The certificate that the peer has shown, and that is trusted.
    package var peerCertificate: Certificate? {
        guard isOpen else { return nil }
        return shownCertificate
    }

    /// Whether the handshake was cut short because both knew each other.
    package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    private var shownCertificate: Certificate? {
        unsafe SSL_get1_peer_certificate(ssl).map { unsafe Certificate($0) }
    }

    /// What OpenSSL has not looked at.
    private var problemOfPeer: OpenSSLError? {
        let certificate = shownCertificate
        if !context.fingerprints.isEmpty {
            guard let certificate else { return .noCertificate }
            let own = certificate.fingerprint
            guard context.fingerprints.contains(own) else { return .wrongFingerprint }
        }
        // A session that is resumed was looked at when it began.
        if isResumed, certificate?.hasExpired == true { return .expired }
        return nil
    }

    /// Keeps what the server has given for the next time.
    private mutating func keepResumption() {
        hasKeptResumption = true
        guard let server, let session = unsafe SSL_get_session(ssl),
            unsafe SSL_SESSION_is_resumable(session) == 1,
            // A copy, for OpenSSL spoils that of a connection which is cut.
            let copy = unsafe SSL_SESSION_dup(session)
        else { return }
        unsafe context.keep(TLSContext.Resumption(copy), with: server)
    }
}

extension OpenSSLError {
    /// Whoever goes on after a failure was told of it.
    fileprivate static let over = OpenSSLError(code: .broken, reason: "the TLS session is over")
}

extension OSSL_HANDSHAKE_STATE {
    /// Whether the first message of the peer is still awaited.
    fileprivate var isFirst: Bool {
        self == TLS_ST_BEFORE || self == TLS_ST_CW_CLNT_HELLO || self == TLS_ST_SR_CLNT_HELLO
    }
}
