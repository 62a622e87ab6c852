/// Which descriptors belong to which message of a stream: pure.
///
/// Luggage goes with the first byte of its message's frame, in a write that holds nothing of the
/// next frame; and a read ends where such a write ends, if not before.  So what comes with a read
/// belongs to the frame in which the last byte of that read lies:
///
/// ```text
/// written   [frame][frame ·] [· luggage frame]∙ⓛ  [· rest of it][frame]
/// read      ├──────────── chunk ────────────┤ⓛ
/// ```
///
/// A peer that writes otherwise gets its own luggage mixed up, and nothing else.
package struct LuggageBelt<Item: Sendable>: Sendable {
    /// Most items that may lie on it: those of the message that is being read, and of the next.
    package static var limit: Int { 2 * Luggage.limit }

    private struct Batch {
        /// Where the last byte lies that came with it, counted from the beginning of the stream.
        let place: UInt64
        let items: [Item]
    }

    private var batches = FIFO<Batch>()
    private var arrived: UInt64 = 0
    private var claimed: UInt64 = 0
    private var count = 0

    package init() {}

    /// Counts what a read has brought: bytes, at least one, and what came with them.
    ///
    /// - Throws: `.malformedFrame` beyond ``limit``.
    package mutating func arrived(_ byteCount: Int, with items: [Item] = []) throws(ConnectionError)
    {
        arrived &+= UInt64(byteCount)
        guard !items.isEmpty else { return }
        count += items.count
        guard count <= Self.limit else { throw .tooMuchLuggage(limit: Self.limit) }
        batches.append(Batch(place: arrived &- 1, items: items))
    }

    /// What belongs to the next frame, whose body has `length` bytes.
    package mutating func claim(frameOf length: Int) -> [Item] {
        claimed &+= UInt64(FrameHeader.size(for: length) + length)
        guard let first = batches.first, first.place < claimed else { return [] }
        var items: [Item] = []
        while let batch = batches.first, batch.place < claimed {
            items += batch.items
            _ = batches.popFirst()
        }
        count -= items.count
        return items
    }

    /// Forgets what lies on it.
    package mutating func clear() {
        batches = FIFO()
        count = 0
    }
}
