internal import COpenSSL

/// One of the two streams of a session, in or out: what OpenSSL reads or writes, and a block for
/// it. Where there are many sessions only while something lies there, so that thousands that say
/// nothing own none.
///
/// SAFETY: `stream` and its block are this value's from init to deinit; the session's BIO, which
/// knows it too, is used only by that session, which owns this value and goes first.
@safe struct CiphertextStream: ~Copyable {
    /// Records of a block: one write to the socket. So few, that the peer decrypts some while this
    /// side encrypts the next: of 8 or 16 a reply of 1 MiB took a fifth longer, of 2 a tenth.
    private static let records = 4
    /// Bytes of a block: its records, each with what TLS adds, and room for a word in between.
    static let size = records * (TLSSession.recordLimit + 256)

    let stream: UnsafeMutablePointer<mp_stream>
    private let keepsBlock: Bool

    /// - Parameter keepsBlock: whether its block stays when nothing lies in it.
    init(keepsBlock: Bool) {
        self.keepsBlock = keepsBlock
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: mp_stream(bytes: nil, start: 0, end: 0, capacity: 0))
    }

    deinit {
        unsafe stream.pointee.bytes?.deallocate()
        unsafe stream.deallocate()
    }

    /// How many bytes wait.
    var count: Int { unsafe stream.pointee.end - stream.pointee.start }

    /// How many bytes can be put in.
    var room: Int { Self.size - (unsafe stream.pointee.end) }

    /// Has a block at hand, for OpenSSL to write to.
    mutating func prepare() {
        guard unsafe stream.pointee.bytes == nil else { return }
        unsafe stream.pointee = mp_stream(
            bytes: .allocate(capacity: Self.size), start: 0, end: 0, capacity: Self.size)
    }

    /// Lends the room that is left, or as much of it, and counts what was put into it.
    mutating func fill(most: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        prepare()
        guard let bytes = unsafe stream.pointee.bytes else { return }
        let end = unsafe stream.pointee.end
        let room = min(room, most)
        let count = unsafe body(UnsafeMutableRawBufferPointer(start: bytes + end, count: room))
        precondition(count >= 0 && count <= room, "more bytes put in than there was room")
        unsafe stream.pointee.end = end + count
        shed()
    }

    /// Lends the bytes that wait, and forgets those that were taken.
    mutating func drain(_ body: (UnsafeRawBufferPointer) -> Int) {
        guard count > 0, let bytes = unsafe stream.pointee.bytes else { return }
        let start = unsafe stream.pointee.start
        let taken = unsafe body(UnsafeRawBufferPointer(start: bytes + start, count: count))
        precondition(taken >= 0 && taken <= count, "more bytes taken than there were")
        unsafe stream.pointee.start = start + taken
        shed()
    }

    /// Makes the whole block room again if nothing lies in it, or gives it back.
    mutating func shed() {
        guard count == 0 else { return }
        if keepsBlock {
            unsafe (stream.pointee.start, stream.pointee.end) = (0, 0)
        } else if let bytes = unsafe stream.pointee.bytes {
            unsafe bytes.deallocate()
            unsafe stream.pointee = mp_stream(bytes: nil, start: 0, end: 0, capacity: 0)
        }
    }

    /// What OpenSSL reads or writes it through; the session that gets it frees it.
    ///
    /// - Throws: `.noMemory`.
    func makeBIO() throws(OpenSSLError) -> OpaquePointer {
        guard let method = Self.method, let bio = unsafe mp_stream_bio(method, stream) else {
            throw .noMemory()
        }
        return unsafe bio
    }

    /// SAFETY: never freed, and not changed after it was made.
    @safe private nonisolated(unsafe) static let method: OpaquePointer? =
        unsafe OpenSSLLibrary.isReady ? mp_stream_method() : nil
}
