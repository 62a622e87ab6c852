internal import Sockets
internal import Synchronization

/// A connection for threads that may be held up: a request is written and its reply read without
/// any other thread.  One exchange at a time; whoever comes meanwhile waits.
package final class BlockingLine: Sendable {
    /// Bytes read at once.
    private static let chunk = 65_536

    /// What the thread whose turn it is works with.
    private struct Reader: ~Copyable {
        var decoder: FrameDecoder
        var buffer = [UInt8](repeating: 0, count: BlockingLine.chunk)
        /// What is written at once: a short request and its header.
        var outgoing: [UInt8] = []
        var end: ConnectionError?

        init(limit: Int) { decoder = FrameDecoder(limit: limit) }

        /// Takes bytes from the beginning of the buffer.
        ///
        /// - Returns: the reply, once it is whole.
        mutating func digest(_ count: Int) throws(ConnectionError) -> [UInt8]? {
            var reply: [UInt8]?
            try unsafe buffer.withUnsafeBufferPointer { (bytes) throws(ConnectionError) in
                let chunk = unsafe UnsafeRawBufferPointer(
                    UnsafeBufferPointer(rebasing: bytes.prefix(count)))
                try unsafe decoder.feed(chunk) { frame in
                    reply = unsafe Array(frame)
                    return false
                }
            }
            return reply
        }
    }

    private let socket: SharedDescriptor
    private let reader: Mutex<Reader>
    private let isOver = Atomic(false)

    init(_ descriptor: consuming Descriptor, messageSizeLimit: Int) {
        socket = SharedDescriptor(descriptor)
        reader = Mutex(Reader(limit: messageSizeLimit))
    }

    /// Lets reading and writing wait: before the first exchange.
    func start() throws(ConnectionError) {
        do throws(SocketError) {
            try socket.descriptor.letWait()
        } catch {
            throw ConnectionError(error)
        }
    }

    /// Whether more can be asked, as far as is known.
    package var isUsable: Bool { !isOver.load(ordering: .relaxed) }

    /// Closes it, also for whoever waits for a reply just now.
    package func close() {
        isOver.store(true, ordering: .relaxed)
        socket.descriptor.end()
    }

    /// Sends a request, and holds the calling thread up until its reply is there.
    ///
    /// - Parameter timeout: how long the peer may be silent; nil for as long as it takes.
    /// - Throws: `.closed`, `.messageTooLarge`, `.malformedFrame`, `.timedOut`; the line is of no
    ///   more use then.
    package func exchange(
        _ request: [UInt8], timeout: Duration? = nil
    ) throws(ConnectionError) -> [UInt8] {
        let result = reader.withLock { reader -> Result<[UInt8], ConnectionError> in
            do throws(ConnectionError) {
                if let end = reader.end { throw end.unsent }
                try write(request, &reader)
                return .success(try read(&reader, timeout))
            } catch {
                reader.end = error
                isOver.store(true, ordering: .relaxed)
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func write(_ request: [UInt8], _ reader: inout Reader) throws(ConnectionError) {
        guard request.count < Self.chunk else { return try writeLong(request) }
        reader.outgoing.removeAll(keepingCapacity: true)
        unsafe withUnsafeBytes(of: UInt32(request.count).bigEndian) {
            unsafe reader.outgoing.append(contentsOf: $0)
        }
        reader.outgoing += request
        let bytes = reader.outgoing
        try send(bytes.count) { sent in
            unsafe bytes.withUnsafeBytes {
                unsafe socket.descriptor.write(UnsafeRawBufferPointer(rebasing: $0.dropFirst(sent)))
            }
        }
    }

    private func writeLong(_ request: [UInt8]) throws(ConnectionError) {
        let header = frameHeader(request.count)
        try send(header.count + request.count) { sent in
            unsafe header.withUnsafeBytes { header in
                unsafe request.withUnsafeBytes { request in
                    let body = max(0, sent - header.count)
                    return unsafe socket.descriptor.write(
                        UnsafeRawBufferPointer(rebasing: header.dropFirst(sent)),
                        then: UnsafeRawBufferPointer(rebasing: request.dropFirst(body)))
                }
            }
        }
    }

    /// - Parameter write: writes what comes behind so many bytes.
    private func send(
        _ total: Int, _ write: (Int) -> Transfer
    ) throws(ConnectionError) {
        var sent = 0
        while sent < total {
            switch write(sent) {
            case .bytes(let count): sent += count
            case .wouldBlock, .endOfFile: continue
            case .failed(let number):
                let error = ConnectionError.lost(.system("send", number))
                throw sent == 0 ? error.unsent : error
            }
        }
    }

    private func read(
        _ reader: inout Reader, _ timeout: Duration?
    ) throws(ConnectionError) -> [UInt8] {
        while true {
            if let timeout { try waitForReply(timeout) }
            let isLarge = reader.decoder.missing >= FrameDecoder.leastSpace
            let transfer =
                if isLarge {
                    socket.descriptor.read(into: &reader.decoder)
                } else {
                    unsafe reader.buffer.withUnsafeMutableBytes {
                        unsafe socket.descriptor.read(into: $0)
                    }
                }
            switch transfer {
            case .bytes(let count):
                if let reply = try reader.digest(isLarge ? 0 : count) { return reply }
            case .wouldBlock: continue
            case .endOfFile:
                throw isUsable ? .closedByPeer : .closedHere
            case .failed(let number): throw .lost(.system("recv", number))
            }
        }
    }

    private func waitForReply(_ timeout: Duration) throws(ConnectionError) {
        do throws(SocketError) {
            let nanoseconds = max(0, timeout.nanosecondsRoundedUp)
            if try socket.descriptor.waitUntilReadable(nanoseconds: nanoseconds) { return }
        } catch {
            throw .lost(error)
        }
        throw .timedOut("the exchange", after: timeout)
    }
}
