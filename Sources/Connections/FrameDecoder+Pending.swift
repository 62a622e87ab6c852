extension FrameDecoder {
    /// Smallest block kept for an incomplete frame, in bytes.
    static let smallestBlock = 64
    /// A block holds at most so many times the bytes that have arrived, and a page.
    static let growthFactor = 16
    /// Least room that `withSpace` lends while a frame needs it, in bytes.
    package static let leastSpace = 65_536

    /// Bytes still missing of a frame whose header has been read; 0 between frames.
    ///
    /// Where it is large, read straight into `withSpace` and save a copy.
    package var missing: Int {
        guard let pending else { return 0 }
        return max(0, (sizeOfFrame(in: pending) ?? 0) - pending.count)
    }

    private func sizeOfFrame(in block: PendingBytes) -> Int? {
        unsafe block.withBytes { bytes in try? unsafe frameSize(bytes) }
    }

    /// Lends room for bytes of the frame that is incomplete.  Call it only while `missing` is not
    /// 0, and `resume` afterwards.  The room never reaches beyond that frame.
    ///
    /// - Parameter fill: writes bytes from the beginning of the room, and returns how many.
    package mutating func withSpace(_ fill: (UnsafeMutableRawBufferPointer) -> Int) {
        let missing = missing
        guard missing > 0, let block = pending else { return }
        let arrived = block.count
        let wanted = min(missing, max(Self.leastSpace, arrived * (Self.growthFactor - 1)))
        let target =
            block.room >= min(missing, Self.leastSpace)
            ? block : block.grown(to: arrived + wanted)
        pending = target
        unsafe target.fill { space in
            unsafe fill(UnsafeMutableRawBufferPointer(rebasing: space.prefix(missing)))
        }
    }

    /// The slow way: something is pending, so complete that first.
    @usableFromInline
    mutating func feedPending(
        _ chunk: UnsafeRawBufferPointer, _ body: Taker
    ) throws(ConnectionError) -> Bool {
        var position = 0
        while let block = pending {
            let found: Range<Int>?
            do throws(ConnectionError) {
                found = try unsafe block.withBytes { (bytes) throws(ConnectionError) in
                    try unsafe frame(in: bytes, at: 0)
                }
            } catch {
                fail()
                throw error
            }
            guard let found else {
                let wanted = try unsafe block.withBytes { (bytes) throws(ConnectionError) -> Int in
                    try unsafe self.wanted(bytes)
                }
                let taken = min(wanted, chunk.count - position)
                if taken == 0 { return true }
                let piece = unsafe chunk[position..<position + taken]
                unsafe keep(UnsafeRawBufferPointer(rebasing: piece))
                position += taken
                continue
            }
            let goesOn = unsafe deliver(found, of: block, to: body)
            if block.count == 0 { pending = nil }
            if !goesOn {
                if position < chunk.count {
                    unsafe keep(UnsafeRawBufferPointer(rebasing: chunk[position...]))
                }
                return false
            }
        }
        return try unsafe feedFresh(chunk, from: position, body)
    }

    /// Hands over the first frame of a block, which may be kept if it is long and the block holds
    /// nothing else.
    private func deliver(_ found: Range<Int>, of block: PendingBytes, to body: Taker) -> Bool {
        let whole = found.count >= Self.leastSpace ? block.whole(found) : nil
        defer { block.delivered(found.upperBound) }
        return unsafe block.withBytes { bytes in
            unsafe body(UnsafeRawBufferPointer(rebasing: bytes[found]), whole)
        }
    }

    /// Appends bytes to the block, which grows to hold them: to several times what has arrived if
    /// the frame is that long, and not beyond the frame.  Judges nothing: the limit may be another
    /// one when the frame's turn comes.
    @usableFromInline
    mutating func keep(_ bytes: UnsafeRawBufferPointer) {
        if let pending, pending.room >= bytes.count { return unsafe pending.append(bytes) }
        let arrived = (pending?.count ?? 0) + bytes.count
        let size: Int? =
            if let pending { sizeOfFrame(in: pending) } else { try? unsafe frameSize(bytes) }
        let frame = size ?? Self.smallestBlock
        let (several, overflow) = arrived.multipliedReportingOverflow(by: Self.growthFactor)
        let ahead = overflow ? arrived : several + 4096
        let capacity = max(arrived, min(frame, ahead))
        let block = pending?.grown(to: capacity) ?? PendingBytes(capacity: capacity)
        unsafe block.append(bytes)
        pending = block
    }

    /// Size of the first frame with its header; nil while the header is incomplete.
    private func frameSize(_ bytes: UnsafeRawBufferPointer) throws(ConnectionError) -> Int? {
        if limit < 0 { throw .decoderHasFailed }
        guard bytes.count >= 4 else { return nil }
        let word = unsafe Int(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        guard word == -1 else {
            guard word >= 0 else { throw .negativeLength(word) }
            return try checked(UInt64(word)) + 4
        }
        guard bytes.count >= 12 else { return nil }
        let length = unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt64.self)
        return try checked(UInt64(bigEndian: length)) + 12
    }

    /// Bytes to append before looking again: the rest of the header, or the rest of the frame.
    private func wanted(_ bytes: UnsafeRawBufferPointer) throws(ConnectionError) -> Int {
        if let size = try unsafe frameSize(bytes) { return size - bytes.count }
        return (bytes.count < 4 ? 4 : 12) - bytes.count
    }

    /// A frame with the long header, or with a length that is an error.
    @usableFromInline
    func rareFrame(
        in bytes: UnsafeRawBufferPointer, at start: Int
    ) throws(ConnectionError) -> Range<Int>? {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start...])
        guard let size = try unsafe frameSize(rest), size <= rest.count else { return nil }
        let header = unsafe rest[0] == 0xff ? 12 : 4
        return start + header..<start + size
    }

    private func checked(_ length: UInt64) throws(ConnectionError) -> Int {
        let most = min(limit, Int.max - FrameHeader.sizeLimit)
        guard let length = Int(exactly: length), length <= most else {
            throw .messageTooLarge(length, limit: limit)
        }
        return length
    }

    /// From now on every frame is too long.
    @usableFromInline
    mutating func fail() {
        pending = nil
        limit = -1
    }
}
