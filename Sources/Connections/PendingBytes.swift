/// The block of bytes that a `FrameDecoder` keeps of an incomplete frame.
///
/// An array, so that whoever is lent a long frame from it can keep the frame as it is.  A class, so
/// that a decoder without one is a nil pointer.
@usableFromInline final class PendingBytes {
    /// As long as there is room; what lies beyond `end` has no meaning.
    private var storage: [UInt8]
    /// Where those begin that are not yet delivered.
    private var start = 0
    /// Where those end that have arrived.
    private var end = 0

    /// A block with room for `capacity` bytes.
    init(capacity: Int) {
        storage = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { _, count in
            count = capacity
        }
    }

    /// How many bytes have arrived and are not yet delivered.
    var count: Int { end - start }

    /// How many bytes may be appended before it must grow.
    var room: Int { storage.count - end }

    /// Lends the bytes not yet delivered.
    func withBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let range = start..<end
        return try unsafe storage.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try unsafe body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
        }
    }

    /// Those bytes, to be kept, if they are nearly all there are and were: from there to the end,
    /// with a frame's header before them and no room behind.
    func whole(_ range: Range<Int>) -> WholeFrame? {
        guard start == 0, range.upperBound == storage.count, end == storage.count,
            range.lowerBound <= FrameHeader.sizeLimit
        else { return nil }
        return WholeFrame(storage, from: range.lowerBound)
    }

    /// Lends the room behind them, and counts what was written into it.
    func fill(_ body: (UnsafeMutableRawBufferPointer) -> Int) {
        let free = end..<storage.count
        let count = unsafe storage.withUnsafeMutableBytes { bytes in
            unsafe body(UnsafeMutableRawBufferPointer(rebasing: bytes[free]))
        }
        precondition(count >= 0 && count <= room, "more bytes written than there was room")
        end += count
    }

    /// Forgets bytes that were delivered.
    func delivered(_ count: Int) {
        start += count
    }

    /// Copies bytes to the end; there must be room.
    func append(_ bytes: UnsafeRawBufferPointer) {
        unsafe fill { space in
            unsafe space.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// A block with room for `capacity` bytes that holds these.
    func grown(to capacity: Int) -> PendingBytes {
        let larger = PendingBytes(capacity: capacity)
        unsafe withBytes { unsafe larger.append($0) }
        return larger
    }
}
