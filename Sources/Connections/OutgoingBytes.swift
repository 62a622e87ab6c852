internal import Sockets

/// What a tagged line is to write next: headers and short requests side by side in one buffer, long
/// requests as they were given.
struct OutgoingBytes: ~Copyable, Sendable {
    /// Requests from this length on are not copied, in bytes.
    static let longSize = 1 << 16
    /// An empty buffer of more bytes is not kept.
    private static let keptRoom = 1 << 18

    /// A long request, and how many bytes of the buffer go before it.
    private struct Long: Sendable {
        let place: Int
        var request: [UInt8]
    }

    private var buffer: [UInt8] = []
    private var long: [Long] = []
    /// How many bytes of the buffer have gone, how many long requests, and how much of the next.
    private var gone = (buffer: 0, long: 0, request: 0)
    /// How many bytes are left to write.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    /// Whether it has memory for what comes.
    var hasRoom: Bool { buffer.capacity > 0 }

    /// Appends what a closure appends to the buffer.
    @inline(__always)
    mutating func append(_ write: (inout [UInt8]) -> Void) {
        let before = buffer.count
        write(&buffer)
        count += buffer.count - before
    }

    mutating func append(_ request: [UInt8]) {
        count += request.count
        if request.count < Self.longSize {
            buffer += request
        } else {
            long.append(Long(place: buffer.count, request: request))
        }
    }

    /// Appends another, of which nothing has gone.
    mutating func append(_ other: borrowing OutgoingBytes) {
        let start = buffer.count
        buffer += other.buffer
        long += other.long.map { Long(place: start + $0.place, request: $0.request) }
        count += other.count
    }

    /// Writes until all has gone, or the socket takes no more.
    ///
    /// - Returns: nil once all has gone.
    mutating func write(to wire: borrowing Wire) -> Transfer? {
        while count > 0 {
            let next = gone.long < long.count ? long[gone.long] : nil
            let head = buffer[gone.buffer..<(next?.place ?? buffer.count)]
            let body = next?.request[gone.request...] ?? []
            let transfer = unsafe head.withUnsafeBytes { head in
                unsafe body.withUnsafeBytes { body in
                    unsafe body.isEmpty ? wire.write(head) : wire.write(head, then: body)
                }
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
        gone.buffer += min(written, head)
        gone.request += max(0, written - head)
        if body > 0, written == head + body {
            long[gone.long].request = []
            (gone.long, gone.request) = (gone.long + 1, 0)
        }
    }

    /// Forgets everything, and keeps the buffer for the next time.
    mutating func removeAll() {
        if buffer.capacity <= Self.keptRoom {
            buffer.removeAll(keepingCapacity: true)
        } else {
            buffer = []
        }
        if !long.isEmpty { long = [] }
        (gone, count) = ((0, 0, 0), 0)
    }
}
