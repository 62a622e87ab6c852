/// Cuts a stream of bytes into the bodies of its frames (`FrameHeader` draws them).
///
/// Frames that lie whole in the chunk are lent from there: no copy, no heap.  Only a frame that
/// the chunk leaves incomplete is kept, in one block that grows as bytes arrive (never as its
/// header promises) and goes when the frame has been delivered.  An idle decoder owns no memory.
///
/// After an error it delivers nothing more.
package struct FrameDecoder: ~Copyable {
    /// Takes one frame's body, lent for the time of the call, and returns whether to go on.  A long
    /// body that came in pieces is also given as what may be kept.
    package typealias Taker = (UnsafeRawBufferPointer, WholeFrame?) -> Bool

    /// Most bytes of a body; a longer one is an error as soon as its header is read.  A new limit
    /// counts for the frames that follow.
    package var limit: Int
    @usableFromInline var pending: PendingBytes?

    /// - Parameter limit: most bytes of a body.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Whether it holds nothing of a frame.
    var isEmpty: Bool { pending == nil }

    /// Takes a chunk, and lends `body` each frame's body that is now complete, in order, for the
    /// time of the call.  `body` returns whether to go on: after false the rest is kept, also
    /// whole frames, until `resume` or the next `feed`.
    ///
    /// - Returns: false when `body` stopped it.
    /// - Throws: `.messageTooLarge`, `.malformedFrame`; then close the connection.
    @inlinable @inline(__always)
    @discardableResult
    package mutating func feed(
        _ chunk: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(ConnectionError) -> Bool {
        try unsafe feed(chunk, keeping: { frame, _ in unsafe body(frame) })
    }

    /// The same for who may keep long bodies.
    @inlinable @inline(__always)
    @discardableResult
    package mutating func feed(
        _ chunk: UnsafeRawBufferPointer, keeping body: Taker
    ) throws(ConnectionError) -> Bool {
        if pending != nil {
            return try unsafe feedPending(chunk, body)
        }
        return try unsafe feedFresh(chunk, from: 0, body)
    }

    /// Goes on after `body` has stopped, or after `withSpace`.  As `feed` without new bytes.
    @discardableResult
    package mutating func resume(
        _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(ConnectionError) -> Bool {
        try unsafe feed(UnsafeRawBufferPointer(start: nil, count: 0), body)
    }

    /// The same for who may keep long bodies.
    @discardableResult
    package mutating func resume(keeping body: Taker) throws(ConnectionError) -> Bool {
        try unsafe feed(UnsafeRawBufferPointer(start: nil, count: 0), keeping: body)
    }

    /// A frame that lies whole in the bytes after `start`: where its body begins and ends.
    @inlinable @inline(__always)
    func frame(
        in bytes: UnsafeRawBufferPointer, at start: Int
    ) throws(ConnectionError) -> Range<Int>? {
        let left = bytes.count - start
        guard left >= 4 else { return nil }
        let word = unsafe bytes.loadUnaligned(fromByteOffset: start, as: Int32.self)
        let length = Int(Int32(bigEndian: word))
        if length >= 0, length <= limit {
            guard left - 4 >= length else { return nil }
            return start + 4..<start + 4 + length
        }
        return try unsafe rareFrame(in: bytes, at: start)
    }

    @inlinable @inline(__always)
    mutating func feedFresh(
        _ chunk: UnsafeRawBufferPointer, from start: Int, _ body: Taker
    ) throws(ConnectionError) -> Bool {
        var position = start
        var goesOn = true
        while goesOn {
            let found: Range<Int>?
            do throws(ConnectionError) {
                found = try unsafe frame(in: chunk, at: position)
            } catch {
                fail()
                throw error
            }
            guard let found else { break }
            position = found.upperBound
            goesOn = unsafe body(UnsafeRawBufferPointer(rebasing: chunk[found]), nil)
        }
        if position < chunk.count {
            unsafe keep(UnsafeRawBufferPointer(rebasing: chunk[position...]))
        }
        return goesOn
    }
}
