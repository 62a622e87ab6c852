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
        let result = turn.withLock { turn -> Result<[UInt8], ConnectionError> in
            do throws(ConnectionError) {
                if let end = turn.end { throw end.unsent }
                try turn.writer.write(request, to: socket)
                return .success(
                    try turn.reader.next(from: socket, timeout: timeout, "the exchange"))
            } catch {
                let error = error == .closedByPeer && !isUsable ? .closedHere : error
                turn.end = error
                isOver.store(true, ordering: .relaxed)
                return .failure(error)
            }
        }
        return try result.get()
    }
}
