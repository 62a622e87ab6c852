package import Sockets

/// Reads the frames of a socket that lets its thread wait.
///
/// SAFETY: it cannot be copied, and nobody else can reach the decoder that it owns.
package struct BlockingReader: ~Copyable, @unchecked Sendable {
    /// Bytes read at once.
    static let chunk = 65_536

    private var decoder: FrameDecoder
    private var buffer = [UInt8](repeating: 0, count: chunk)
    /// Bodies of frames that were read before.
    private var early = FIFO<[UInt8]>()

    /// - Parameter limit: most bytes of a body.
    package init(limit: Int) {
        decoder = FrameDecoder(limit: limit)
    }

    /// Goes on where another reader has stopped.
    init(_ decoder: consuming FrameDecoder, early: [[UInt8]]) {
        self.decoder = decoder
        for frame in early { self.early.append(frame) }
    }

    /// Whether bytes of a frame lie here, or the frame as a whole.
    var holdsBytes: Bool { !early.isEmpty || !decoder.isEmpty }

    /// The next frame's body.
    ///
    /// - Parameters:
    ///   - timeout: how long the peer may be silent; nil for as long as it takes.
    ///   - what: what an error calls it.
    /// - Throws: `.closed`, `.messageTooLarge`, `.malformedFrame`, `.timedOut`; after this one
    ///   nothing is lost.
    package mutating func next(
        from socket: SharedDescriptor, timeout: Duration?, _ what: String
    ) throws(ConnectionError) -> [UInt8] {
        if let frame = early.popFirst() { return frame }
        if !decoder.isEmpty, let frame = try digest(0) { return frame }
        while true {
            if let timeout { try Self.wait(for: socket, timeout, what) }
            let isLarge = decoder.missing >= FrameDecoder.leastSpace
            let transfer =
                if isLarge {
                    socket.descriptor.read(into: &decoder)
                } else {
                    unsafe buffer.withUnsafeMutableBytes { unsafe socket.descriptor.read(into: $0) }
                }
            switch transfer {
            case .bytes(let count):
                if let frame = try digest(isLarge ? 0 : count) { return frame }
            case .wouldBlock: continue
            case .endOfFile: throw decoder.isEmpty ? .closedByPeer : .cutOff
            case .failed(let number): throw .lost(.system("recv", number))
            }
        }
    }

    /// Takes bytes from the beginning of the buffer.
    ///
    /// - Returns: a frame's body, once it is whole.
    private mutating func digest(_ count: Int) throws(ConnectionError) -> [UInt8]? {
        var message: ExchangeOutcome?
        try unsafe buffer.withUnsafeBufferPointer { (bytes) throws(ConnectionError) in
            let chunk = unsafe UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: bytes.prefix(count)))
            try unsafe decoder.feed(
                chunk,
                keeping: { frame, whole in
                    message = unsafe ExchangeOutcome(frame, whole, from: 0)
                    return false
                })
        }
        return try message?.get()
    }

    private static func wait(
        for socket: SharedDescriptor, _ timeout: Duration, _ what: String
    ) throws(ConnectionError) {
        do throws(SocketError) {
            let nanoseconds = max(0, timeout.nanosecondsRoundedUp)
            if try socket.descriptor.waitUntilReadable(nanoseconds: nanoseconds) { return }
        } catch {
            throw .lost(error)
        }
        throw .timedOut(what, after: timeout)
    }
}
