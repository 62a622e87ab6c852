internal import Pickle
package import Sockets

/// What a tagged line is to write next: headers and short requests side by side, long requests as
/// they were given.
package struct OutgoingBytes: ~Copyable, Sendable {
    /// Requests from this length on are not copied, in bytes.
    static let longSize = 1 << 16
    /// Empty memory of more bytes is not kept.
    private static let keptRoom = 1 << 18

    /// A long request, and how many of the other bytes go before it.
    private struct Long: Sendable {
        var place: Int
        var request: [UInt8]
    }

    /// Memory of which the first bytes are in use.
    private var memory: [UInt8] = []
    private var filled = 0
    private var long: [Long] = []
    /// How many bytes in memory have gone, how many long requests, and how much of the next.
    private var gone = (memory: 0, long: 0, request: 0)
    /// How many bytes are left to write.
    package private(set) var count = 0

    package init() {}

    var isEmpty: Bool { count == 0 }

    /// How many bytes of memory it has.
    var room: Int { memory.count }

    /// Appends an order.
    mutating func append(_ head: TaggedFrame.Head) {
        unsafe append(head, bodyCount: 0, UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// Appends a request.
    @inline(__always)
    mutating func append(_ head: TaggedFrame.Head, _ request: CompactBytes) {
        if let request = request.long { return append(head, request) }
        unsafe request.withBytes { bytes in unsafe append(head, bodyCount: bytes.count, bytes) }
    }

    /// Appends a request.
    mutating func append(_ head: TaggedFrame.Head, _ request: [UInt8]) {
        guard request.count >= Self.longSize else {
            return unsafe request.withUnsafeBytes { bytes in
                unsafe append(head, bodyCount: bytes.count, bytes)
            }
        }
        unsafe append(
            head, bodyCount: request.count, UnsafeRawBufferPointer(start: nil, count: 0))
        long.append(Long(place: filled, request: request))
        count += request.count
    }

    @inline(__always)
    private mutating func append(
        _ head: TaggedFrame.Head, bodyCount: Int, _ body: UnsafeRawBufferPointer
    ) {
        let needed = filled + TaggedFrame.Head.longest + body.count
        if needed > memory.count { grow(to: needed) }
        let end = unsafe memory.withUnsafeMutableBytes { memory in
            let room = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[filled...])
            let start = unsafe head.write(bodyCount: bodyCount, into: room)
            unsafe UnsafeMutableRawBufferPointer(rebasing: room[start...]).copyMemory(from: body)
            return filled + start + body.count
        }
        count += end - filled
        filled = end
    }

    private mutating func grow(to size: Int) {
        let room = max(size, 2 * memory.count, 1024)
        memory.append(contentsOf: repeatElement(0, count: room - memory.count))
    }

    /// Appends another, of which nothing has gone.
    mutating func append(_ other: borrowing OutgoingBytes) {
        forgetGone()
        if filled + other.filled > memory.count { grow(to: filled + other.filled) }
        memory.replaceSubrange(
            filled..<filled + other.filled, with: other.memory[..<other.filled])
        long += other.long.map { Long(place: filled + $0.place, request: $0.request) }
        filled += other.filled
        count += other.count
    }

    /// Lets go of what has gone, once that is the greater part: so a peer that never takes all does
    /// not have everything kept that was ever sent.
    private mutating func forgetGone() {
        long.removeFirst(gone.long)
        gone.long = 0
        guard gone.memory > filled / 2 else { return }
        let live = gone.memory..<filled
        if memory.count > Self.keptRoom, live.count < memory.count / 4 {
            memory = Array(memory[live])
        } else {
            unsafe memory.withUnsafeMutableBytes { memory in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: memory[live])
                unsafe memory.copyMemory(from: rest)
            }
        }
        for index in long.indices { long[index].place -= live.lowerBound }
        filled = live.count
        gone.memory = 0
    }

    /// Writes until all has gone, or the socket takes no more.
    ///
    /// - Returns: nil once all has gone.
    mutating func write(to wire: borrowing Wire) -> Transfer? {
        unsafe write { head, body in
            unsafe body.isEmpty ? wire.write(head) : wire.write(head, then: body)
        }
    }

    /// The same by `send`, which takes as much of the two pieces, as one, as it can.
    @inline(__always)
    package mutating func write(
        by send: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Transfer
    ) -> Transfer? {
        while count > 0 {
            let next = gone.long < long.count ? long[gone.long] : nil
            let head = memory[gone.memory..<(next?.place ?? filled)]
            let body = next?.request[gone.request...] ?? []
            let transfer = unsafe head.withUnsafeBytes { head in
                unsafe body.withUnsafeBytes { body in unsafe send(head, body) }
            }
            guard case .bytes(let written) = transfer else { return transfer }
            went(written, head.count, body.count)
            if written < head.count + body.count { return .wouldBlock }
        }
        return nil
    }

    /// Counts bytes that have gone of the next two pieces.
    private mutating func went(_ written: Int, _ head: Int, _ body: Int) {
        count -= written
        gone.memory += min(written, head)
        gone.request += max(0, written - head)
        if body > 0, written == head + body {
            long[gone.long].request = []
            (gone.long, gone.request) = (gone.long + 1, 0)
        }
    }

    /// Forgets everything, and keeps the memory for the next time.
    package mutating func removeAll() {
        if memory.count > Self.keptRoom { memory = [] }
        if !long.isEmpty { long = [] }
        (gone, filled, count) = ((0, 0, 0), 0, 0)
    }
}
