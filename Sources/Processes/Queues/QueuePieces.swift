/// An item on its way into a ring, piece by piece.
struct QueuePieces {
    private let item: [UInt8]
    private var place = 0
    private var isOver = false

    init(_ item: [UInt8]) {
        self.item = item
    }

    /// Whether a part of it lies in the ring already.
    var hasBegun: Bool { place > 0 }

    /// Writes the next piece, with the lock of the writers held.
    ///
    /// - Returns: whether there was room; nil when all has been written before.
    /// - Throws: `ProcessError` with `malformed`.
    mutating func next(in ring: QueueRing) throws(ProcessError) -> Bool? {
        if isOver { return nil }
        let end = min(item.count, place + QueueRing.pieceLimit)
        let isLast = end == item.count
        let isWritten = try unsafe item.withUnsafeBufferPointer { bytes throws(ProcessError) in
            let piece = unsafe UnsafeBufferPointer(rebasing: bytes[place..<end])
            return try unsafe ring.append(
                UnsafeRawBufferPointer(piece), isFirst: place == 0, isLast: isLast)
        }
        if isWritten { (place, isOver) = (end, isLast) }
        return isWritten
    }
}
