/// What is to be written as one, lying in up to three places.
///
/// SAFETY: it is used only while who has made it lends the bytes.
@safe package struct Pieces {
    private let head: UnsafeRawBufferPointer
    private let body: UnsafeRawBufferPointer
    private let tail: UnsafeRawBufferPointer

    @usableFromInline
    init(
        _ head: UnsafeRawBufferPointer,
        _ body: UnsafeRawBufferPointer = unsafe UnsafeRawBufferPointer(start: nil, count: 0),
        _ tail: UnsafeRawBufferPointer = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        unsafe self.head = head
        unsafe self.body = body
        unsafe self.tail = tail
    }

    var count: Int { unsafe head.count + body.count + tail.count }

    /// Lends up to `most` bytes from `start` on: from where they lie, or glued where they lie in
    /// several places.  `start` is below `count`.
    func withBytes<Outcome>(
        from start: Int, most: Int, _ use: (UnsafeRawBufferPointer) -> Outcome
    ) -> Outcome {
        let wanted = min(most, count - start)
        let first = unsafe rest(of: head, from: start)
        if first.count >= wanted { return unsafe use(first.prefix(wanted).rebased) }
        let second = unsafe rest(of: body, from: max(0, start - head.count))
        if unsafe first.isEmpty, second.count >= wanted {
            return unsafe use(second.prefix(wanted).rebased)
        }
        let third = unsafe rest(of: tail, from: max(0, start - head.count - body.count))
        if unsafe first.isEmpty, unsafe second.isEmpty {
            return unsafe use(third.prefix(wanted).rebased)
        }
        return unsafe withUnsafeTemporaryAllocation(byteCount: wanted, alignment: 16) { room in
            var filled = unsafe Self.copy(first, to: room, at: 0)
            filled += unsafe Self.copy(second, to: room, at: filled)
            filled += unsafe Self.copy(third, to: room, at: filled)
            return unsafe use(UnsafeRawBufferPointer(room))
        }
    }

    /// Copies what there is room for.
    private static func copy(
        _ piece: UnsafeRawBufferPointer, to room: UnsafeMutableRawBufferPointer, at start: Int
    ) -> Int {
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[start...])
        let part = unsafe piece.prefix(rest.count).rebased
        unsafe rest.copyMemory(from: part)
        return part.count
    }

    private func rest(
        of piece: UnsafeRawBufferPointer, from start: Int
    ) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: piece.dropFirst(start))
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var rebased: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: self)
    }
}
