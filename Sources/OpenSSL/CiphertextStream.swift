internal import COpenSSL

/// One of the two streams of a session, in or out: what OpenSSL reads or writes, and a block for it
/// while something lies there.
///
/// SAFETY: `stream` is this value's from init to deinit; the session's BIO, which knows it too, is
/// used only by that session, which owns this value and goes first.
@safe struct CiphertextStream: ~Copyable {
    let stream: UnsafeMutablePointer<mp_stream>
    private var block: CiphertextBlock?

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: mp_stream(bytes: nil, start: 0, end: 0, capacity: 0))
    }

    deinit {
        if let block { block.giveBack() }
        unsafe stream.deallocate()
    }

    /// How many bytes wait.
    var count: Int { unsafe stream.pointee.end - stream.pointee.start }

    /// How many bytes can be put in.
    var room: Int { CiphertextBlock.size - (unsafe stream.pointee.end) }

    /// Has a block at hand, for OpenSSL to write to.
    mutating func prepare() {
        guard block == nil else { return }
        let fresh = CiphertextBlock.take()
        unsafe stream.pointee = mp_stream(
            bytes: fresh.bytes, start: 0, end: 0, capacity: CiphertextBlock.size)
        block = fresh
    }

    /// Lends the room that is left, or as much of it, and counts what was put into it.
    mutating func fill(most: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        prepare()
        guard let block else { return }
        let end = unsafe stream.pointee.end
        let room = min(room, most)
        let count = unsafe body(
            UnsafeMutableRawBufferPointer(start: block.bytes + end, count: room))
        precondition(count >= 0 && count <= room, "more bytes put in than there was room")
        unsafe stream.pointee.end = end + count
        shed()
    }

    /// Lends the bytes that wait, and forgets those that were taken.
    mutating func drain(_ body: (UnsafeRawBufferPointer) -> Int) {
        guard let block, count > 0 else { return }
        let start = unsafe stream.pointee.start
        let taken = unsafe body(UnsafeRawBufferPointer(start: block.bytes + start, count: count))
        precondition(taken >= 0 && taken <= count, "more bytes taken than there were")
        unsafe stream.pointee.start = start + taken
        shed()
    }

    /// Gives the block back if nothing lies in it.
    mutating func shed() {
        guard count == 0, let empty = block.take() else { return }
        unsafe stream.pointee = mp_stream(bytes: nil, start: 0, end: 0, capacity: 0)
        empty.giveBack()
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
