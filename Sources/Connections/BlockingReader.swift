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
    /// Where descriptors wait for their frames; nil where none are accepted.
    private var belt: LuggageBelt<SharedDescriptor>?
    /// What came with the frame that was read last.
    package private(set) var luggage: [SharedDescriptor] = []

    /// - Parameters:
    ///   - limit: most bytes of a body.
    ///   - carriesLuggage: whether descriptors are accepted that come with frames.
    package init(limit: Int, carriesLuggage: Bool = false) {
        decoder = FrameDecoder(limit: limit)
        belt = carriesLuggage ? LuggageBelt() : nil
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
        from socket: SharedWire, timeout: Duration?, _ what: String
    ) throws(ConnectionError) -> [UInt8] {
        try unsafe next(from: socket, timeout: timeout, what) { _ in false } ?? []
    }

    /// The next frame's body, which may be taken where it stands.
    ///
    /// - Parameter take: takes the body, or says that it does not.
    /// - Returns: the body; nil where it was taken.
    mutating func next(
        from socket: SharedWire, timeout: Duration?, _ what: String,
        _ take: (UnsafeRawBufferPointer) -> Bool
    ) throws(ConnectionError) -> [UInt8]? {
        if let frame = early.popFirst() { return frame }
        var frame = Frame.incomplete
        if !decoder.isEmpty { frame = try unsafe digest(0, take) }
        while true {
            switch frame {
            case .incomplete: break
            case .taken: return nil
            case .body(let body): return body
            }
            if let timeout { try Self.wait(for: socket, timeout, what) }
            let isLarge = decoder.missing >= FrameDecoder.leastSpace
            var passengers: [SharedDescriptor] = []
            let transfer =
                if isLarge {
                    // Within a frame: no luggage comes there.
                    socket.wire.read(into: &decoder)
                } else if belt != nil {
                    unsafe buffer.withUnsafeMutableBytes {
                        unsafe socket.wire.descriptor.read(into: $0, accepting: &passengers)
                    }
                } else {
                    unsafe buffer.withUnsafeMutableBytes {
                        timeout == nil
                            ? unsafe socket.wire.readWaiting(into: $0)
                            : unsafe socket.wire.read(into: $0)
                    }
                }
            switch transfer {
            case .bytes(let count):
                try belt?.arrived(count, with: passengers)
                frame = try unsafe digest(isLarge ? 0 : count, take)
            case .wouldBlock:
                // A part of a record has come, or something must go before it can be read.
                guard timeout == nil else { continue }
                if socket.wire.holdsInput {
                    try socket.waitUntilWritable()
                } else {
                    _ = try socket.waitUntilReadable()
                }
            case .endOfFile: throw decoder.isEmpty ? .closedByPeer : .cutOff
            case .failed(let number): throw socket.wire.failure("recv", number)
            }
        }
    }

    /// What has come of a frame.
    private enum Frame {
        case incomplete
        case taken
        case body([UInt8])
    }

    /// Takes bytes from the beginning of the buffer.
    private mutating func digest(
        _ count: Int, _ take: (UnsafeRawBufferPointer) -> Bool
    ) throws(ConnectionError) -> Frame {
        var result = Frame.incomplete
        var size: Int?
        try unsafe buffer.withUnsafeBufferPointer { (bytes) throws(ConnectionError) in
            let chunk = unsafe UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: bytes.prefix(count)))
            try unsafe decoder.feed(
                chunk,
                keeping: { frame, whole in
                    size = frame.count
                    if let whole {
                        result = .body(whole.bytes(behind: 0))
                    } else {
                        result = unsafe take(frame) ? .taken : .body(Array(frame))
                    }
                    return false
                })
        }
        if let size, belt != nil { luggage = belt?.claim(frameOf: size) ?? [] }
        return result
    }

    private static func wait(
        for socket: SharedWire, _ timeout: Duration, _ what: String
    ) throws(ConnectionError) {
        let nanoseconds = max(0, timeout.nanosecondsRoundedUp)
        if try socket.waitUntilReadable(nanoseconds: nanoseconds) { return }
        throw .timedOut(what, after: timeout)
    }
}
