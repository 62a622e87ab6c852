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
    mutating func next(in ring: QueueRing) -> Bool? {
        if isOver { return nil }
        let end = min(item.count, place + QueueRing.pieceLimit)
        let isLast = end == item.count
        let isWritten = unsafe item.withUnsafeBytes { bytes in
            unsafe ring.append(
                UnsafeRawBufferPointer(rebasing: bytes[place..<end]), isFirst: place == 0,
                isLast: isLast)
        }
        if isWritten { (place, isOver) = (end, isLast) }
        return isWritten
    }
}
