internal import Sockets

/// The items of a queue in memory that processes share: pieces of bytes, one behind the other, in a
/// ring.
///
/// A piece counts from the moment at which ``tail`` is set behind it, and is gone from the moment
/// at which ``head`` is: each is one word.  So a process that is killed has written an item or has
/// not, and has taken it or has not, and its lock is taken over by the next.  An item longer than
/// ``pieceLimit`` is several pieces; of one whose writer died half-way the reader makes nothing.
///
/// ```text
/// offset  bytes
///      0      8    what it is: `magic`
///      8      8    most items, 0 for no limit
///     64      8    lock of who writes
///     72      8    tail: RingMark behind the last piece
///     80      4    bell for who waits for room
///    128      8    lock of who reads
///    136      8    head: RingMark before the first piece
///    144      8    RingTally of the items that have been taken
///    160      4    bell for who waits for an item
///    168      8    items lost with writers who died half-way
///    192      8    items reported done (mod 2³²)
///    200      4    bell for who waits for all of them
///   4096      …    the ring: RingHeader, bytes, up to a multiple of 8, and so on
/// ```
@safe struct QueueRing: Sendable {
    /// Bytes of the ring.
    static let capacity = 1 << 20
    /// Most bytes of a piece.
    static let pieceLimit = capacity / 8 - RingHeader.size
    /// Longest item, in bytes: what a pickle may have.
    static let itemLimit = 1 << 30
    private static let start = 4096
    private static let magic: UInt64 = 0x0031_5155_4555_5350
    /// What it takes of a block.
    static let byteCount = start + capacity

    let block: MemoryBlock
    /// Held by who appends.
    let writers: RobustLock
    /// Held by who takes.
    let readers: RobustLock
    /// Rung when there is room again.
    let room: Bell
    /// Rung when there is an item.
    let arrivals: Bell
    /// Rung when all items are done.
    let completion: Bell
    /// Most items; 0 for no limit.
    let maxsize: Int

    private let tail: SharedLongWord
    private let head: SharedLongWord
    private let tally: SharedLongWord
    private let halves: SharedLongWord
    private let done: SharedLongWord

    /// A new one.
    ///
    /// - Throws: `ProcessError` with `system`.
    init(maxsize: Int) throws(ProcessError) {
        let block = try MemoryBlock(byteCount: Self.byteCount, name: "queue")
        SharedLongWord(in: block, at: 8).set(UInt64(max(0, maxsize)))
        SharedLongWord(in: block, at: 0).set(Self.magic)
        try self.init(block)
    }

    /// One that has come, in a block of at least ``byteCount``.
    ///
    /// - Throws: `ProcessError` with `malformed` for any other block.
    init(_ block: MemoryBlock) throws(ProcessError) {
        guard SharedLongWord(in: block, at: 0).value == Self.magic,
            let maxsize = Int(exactly: SharedLongWord(in: block, at: 8).value)
        else { throw ProcessError(.malformed, "shared memory that is no queue") }
        self.block = block
        self.maxsize = maxsize
        writers = RobustLock(in: block, at: 64)
        tail = SharedLongWord(in: block, at: 72)
        room = Bell(in: block, at: 80)
        readers = RobustLock(in: block, at: 128)
        head = SharedLongWord(in: block, at: 136)
        tally = SharedLongWord(in: block, at: 144)
        arrivals = Bell(in: block, at: 160)
        halves = SharedLongWord(in: block, at: 168)
        done = SharedLongWord(in: block, at: 192)
        completion = Bell(in: block, at: 200)
    }

    private var written: RingMark { RingMark(bits: tail.value) }
    private var read: RingMark { RingMark(bits: head.value) }
    private var taken: RingTally { RingTally(bits: tally.value) }

    /// How many items lie in it, as it was at some moment.
    var count: Int {
        // Head first: it never overtakes the tail.
        let first = read
        return Int(written.items &- first.items)
    }

    /// Whether nothing lies in it, nor a part of an item.
    var isEmpty: Bool { read.bytes(since: written) == 0 }

    /// How many items were lost with processes that died in the middle of taking or putting them,
    /// as far as that has been seen.
    var lostCount: Int { Int(clamping: UInt64(taken.lost) &+ halves.value) }

    // MARK: Writing, for who has the lock `writers`

    /// Whether an item of so many bytes can be appended at once, as a whole.
    ///
    /// - Throws: as ``append(_:isFirst:isLast:)``.
    func hasRoom(for byteCount: Int) throws(ProcessError) -> Bool {
        let pieces = max(1, (byteCount + Self.pieceLimit - 1) / Self.pieceLimit)
        return byteCount + pieces * (RingHeader.size + RingMark.unit) <= (try free)
    }

    /// How many bytes are free; more may be in a moment.
    private var free: Int {
        get throws(ProcessError) { Self.capacity - (try used().bytes) }
    }

    /// Whether there are fewer items than there may be.
    ///
    /// - Parameter more: items that count too.
    /// - Throws: as ``append(_:isFirst:isLast:)``.
    func takesOneMore(than more: Int) throws(ProcessError) -> Bool {
        if maxsize == 0 { return true }
        return try used().items + more < maxsize
    }

    /// What lies in it, for who has one of the locks.
    private func used() throws(ProcessError) -> (bytes: Int, items: Int) {
        let first = read
        let last = written
        let (bytes, items) = (last.bytes(since: first), Int(last.items &- first.items))
        guard bytes <= Self.capacity, items <= bytes / RingMark.unit else { throw .brokenQueue }
        return (bytes, items)
    }

    /// Appends a piece of an item; false where there is no room for it now.
    ///
    /// - Throws: `ProcessError` with `malformed` where a process has written what is no queue.
    func append(
        _ piece: UnsafeRawBufferPointer, isFirst: Bool, isLast: Bool
    ) throws(ProcessError) -> Bool {
        let header = RingHeader(length: piece.count, isFirst: isFirst, isLast: isLast)
        guard header.extent <= (try free) else { return false }
        let mark = written
        unsafe storage.storeBytes(
            of: header.bits, toByteOffset: mark.offset(in: Self.capacity), as: UInt64.self)
        let place = mark.advanced(bytes: RingHeader.size, isItem: false).offset(in: Self.capacity)
        let before = min(piece.count, Self.capacity - place)
        unsafe UnsafeMutableRawBufferPointer(rebasing: storage[place...])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[..<before]))
        if before < piece.count {
            unsafe storage.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[before...]))
        }
        tail.set(mark.advanced(bytes: header.extent, isItem: isLast).bits)
        arrivals.ring()
        return true
    }

    // MARK: Reading, for who has the lock `readers`

    /// What a look at the ring has brought.
    enum Look {
        case nothing
        /// A piece that is not the last one of its item.
        case piece
        case item([UInt8])
    }

    /// Takes the next piece.
    ///
    /// - Parameter item: what has been taken of an item; nil where none was begun.
    /// - Throws: `ProcessError` with `malformed` where a process has written what is no queue.
    func take(into item: inout [UInt8]?) throws(ProcessError) -> Look {
        let available = try used().bytes
        if available == 0 { return .nothing }
        let first = read
        let offset = first.offset(in: Self.capacity)
        let header = unsafe RingHeader(bits: storage.load(fromByteOffset: offset, as: UInt64.self))
        guard header.extent <= available else { throw .brokenQueue }
        var look = Look.piece
        var isLost = false
        if header.isFirst {
            // The writer of what was begun died before its end.
            if item != nil { loseHalf() }
            item = nil
        }
        if header.isFirst || item != nil {
            guard (item?.count ?? 0) + header.length <= Self.itemLimit else { throw .brokenQueue }
            let place = first.advanced(bytes: RingHeader.size, isItem: false)
                .offset(in: Self.capacity)
            copy(header.length, from: place, to: &item)
            if header.isLast, let whole = item {
                look = .item(whole)
                item = nil
            }
        } else {
            // Its reader died, or gave up, before its end.
            isLost = header.isLast
        }
        head.set(first.advanced(bytes: header.extent, isItem: header.isLast).bits)
        if isLost { settleLosses() }
        // For less it is not worth while to wake anybody.
        if maxsize > 0 || available - header.extent < Self.capacity / 2 { room.ring() }
        return look
    }

    private func copy(_ length: Int, from place: Int, to item: inout [UInt8]?) {
        let before = min(length, Self.capacity - place)
        let pieces = unsafe (storage[place..<place + before], storage[..<(length - before)])
        if item == nil {
            item = unsafe [UInt8](unsafeUninitializedCapacity: length) { room, count in
                let room = UnsafeMutableRawBufferPointer(room)
                unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: pieces.0))
                unsafe UnsafeMutableRawBufferPointer(rebasing: room[before...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: pieces.1))
                count = length
            }
        } else {
            unsafe item?.append(contentsOf: pieces.0)
            unsafe item?.append(contentsOf: pieces.1)
        }
    }

    /// The item that was taken last is going to be returned: before the lock is released.
    func settle() {
        tally.set(taken.settled(at: read.items, returning: 1).bits)
    }

    /// Counts what has been taken and will not be returned: who took it has died, or given up.
    func settleLosses() {
        tally.set(taken.settled(at: read.items, returning: 0).bits)
        if unfinished == 0 { completion.ring() }
    }

    /// Counts an item that has not been written to its end, and never will be.
    func loseHalf() {
        halves.set(halves.value &+ 1)
    }

    // MARK: Items that are done

    /// How many items have been appended and are neither done nor lost.
    var unfinished: Int {
        // In this order it is never less than it is.
        let gone = UInt32(truncatingIfNeeded: done.value) &+ taken.lost
        // Less than none were it if somebody had reported an item done that was lost as well.
        return max(0, Int(Int32(bitPattern: written.items &- gone)))
    }

    /// Counts an item as done; false where there is none that is not.
    func finishItem() -> Bool {
        var old = done.value
        while true {
            let gone = UInt32(truncatingIfNeeded: old) &+ taken.lost
            guard Int32(bitPattern: written.items &- gone) > 0 else { return false }
            let (isDone, was) = done.change(old, to: old &+ 1)
            if isDone { break }
            old = was
        }
        if unfinished == 0 { completion.ring() }
        return true
    }

    private var storage: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(
            start: block.address(of: Self.start..<Self.byteCount), count: Self.capacity)
    }
}

extension ProcessError {
    static let brokenQueue = ProcessError(
        .malformed, "a process has written into the queue what is no item")
}
