internal import Synchronization

/// A connection for threads that may be held up: a request is written and its reply read without
/// any other thread.  One exchange at a time; whoever comes meanwhile waits.
package final class BlockingLine: Sendable {
    /// What the thread whose turn it is works with.
    private struct Turn: ~Copyable {
        var reader: BlockingReader
        var writer = BlockingWriter()
        var end: ConnectionError?

        init(limit: Int) { reader = BlockingReader(limit: limit) }
    }

    private let socket: SharedWire
    private let turn: Mutex<Turn>
    private let isOver = Atomic(false)

    init(_ wire: consuming Wire, messageSizeLimit: Int) {
        socket = SharedWire(wire)
        turn = Mutex(Turn(limit: messageSizeLimit))
    }

    /// Lets reading and writing wait: before the first exchange.
    func start() throws(ConnectionError) {
        try socket.letWait()
    }

    /// Whether more can be asked, as far as is known.
    package var isUsable: Bool { !isOver.load(ordering: .relaxed) }

    /// Closes it, also for whoever waits for a reply just now.
    package func close() {
        isOver.store(true, ordering: .relaxed)
        socket.end()
    }

    /// Sends a request, and holds the calling thread up until its reply is there.
    ///
    /// - Parameter timeout: how long the peer may be silent; nil for as long as it takes.
    /// - Throws: `.closed`, `.messageTooLarge`, `.malformedFrame`, `.timedOut`; the line is of no
    ///   more use then.
    package func exchange(
        _ request: [UInt8], timeout: Duration? = nil
    ) throws(ConnectionError) -> [UInt8] {
        let reply = try perform { (turn) throws(ConnectionError) -> [UInt8]? in
            try turn.writer.write(request, to: socket)
            return try turn.reader.next(from: socket, timeout: timeout, "the exchange")
        }
        return reply ?? []
    }

    /// The same, where the request is written, and the reply may be taken, where they stand.
    ///
    /// - Parameters:
    ///   - room: how many bytes the request has at most.
    ///   - make: writes it into that room, and tells how many bytes it has.
    ///   - take: takes the reply, or says that it does not.
    /// - Returns: the reply; nil where it was taken.
    package func exchange(
        room: Int, timeout: Duration?, _ make: (UnsafeMutableRawBufferPointer) -> Int,
        _ take: (UnsafeRawBufferPointer) -> Bool
    ) throws(ConnectionError) -> [UInt8]? {
        try perform { (turn) throws(ConnectionError) -> [UInt8]? in
            try unsafe turn.writer.write(room: room, to: socket, make)
            return try unsafe turn.reader.next(
                from: socket, timeout: timeout, "the exchange", take)
        }
    }

    @inline(__always)
    private func perform(
        _ body: (inout Turn) throws(ConnectionError) -> [UInt8]?
    ) throws(ConnectionError) -> [UInt8]? {
        try turn.withLock { (turn) throws(ConnectionError) in
            do throws(ConnectionError) {
                if let end = turn.end { throw end.unsent }
                return try body(&turn)
            } catch {
                let error = error == .closedByPeer && !isUsable ? .closedHere : error
                turn.end = error
                isOver.store(true, ordering: .relaxed)
                throw error
            }
        }
    }
}
