/// The block of bytes that a `FrameDecoder` keeps of an incomplete frame: one allocation, its
/// bookkeeping in front of its bytes, so that a decoder without one is a nil pointer.
///
///     offset  bytes
///     0       8      capacity of the bytes below
///     8       8      start of those not yet delivered
///     16      8      end of those that have arrived
///     24      …      bytes
@unsafe @usableFromInline struct PendingBytes {
    static let overhead = 24

    private let block: UnsafeMutableRawPointer

    /// A block with room for `capacity` bytes.
    init(capacity: Int) {
        unsafe block = .allocate(byteCount: Self.overhead + capacity, alignment: 8)
        unsafe block.storeBytes(of: capacity, as: Int.self)
        unsafe block.storeBytes(of: 0, toByteOffset: 8, as: Int.self)
        unsafe block.storeBytes(of: 0, toByteOffset: 16, as: Int.self)
    }

    /// Frees the block; it must not be used again.
    @usableFromInline
    func release() {
        unsafe block.deallocate()
    }

    private var capacity: Int { unsafe block.load(as: Int.self) }

    private var start: Int {
        get { unsafe block.load(fromByteOffset: 8, as: Int.self) }
        nonmutating set { unsafe block.storeBytes(of: newValue, toByteOffset: 8, as: Int.self) }
    }

    private var end: Int {
        get { unsafe block.load(fromByteOffset: 16, as: Int.self) }
        nonmutating set { unsafe block.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
    }

    /// How many bytes have arrived and are not yet delivered.
    var count: Int { unsafe end - start }

    /// How many bytes may be appended before it must grow.
    var room: Int { unsafe capacity - end }

    /// The bytes not yet delivered.
    var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: block + Self.overhead + start, count: count)
    }

    /// The room behind them.
    var space: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: block + Self.overhead + end, count: room)
    }

    /// Counts bytes that were written into `space`.
    func wrote(_ count: Int) {
        precondition(unsafe count >= 0 && count <= room, "more bytes written than there was room")
        unsafe end += count
    }

    /// Forgets bytes that were delivered.
    func delivered(_ count: Int) {
        unsafe start += count
    }

    /// Copies bytes to the end; there must be room.
    func append(_ bytes: UnsafeRawBufferPointer) {
        unsafe space.copyMemory(from: bytes)
        unsafe wrote(bytes.count)
    }

    /// A block with room for `capacity` bytes that holds these; this one is gone.
    func grown(to capacity: Int) -> PendingBytes {
        let larger = unsafe PendingBytes(capacity: capacity)
        unsafe larger.append(bytes)
        unsafe release()
        return unsafe larger
    }
}
