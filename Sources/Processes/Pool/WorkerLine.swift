internal import Connections
internal import Sockets

/// A worker's line to its pool. It holds up the thread that uses it, and there is just one.
struct WorkerLine: ~Copyable {
    private let socket: SharedDescriptor
    private var decoder = FrameDecoder(limit: ProcessPool.messageSizeLimit)
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(_ socket: SharedDescriptor) {
        self.socket = socket
    }

    /// Waits for the next message; nil when no more come.
    ///
    /// - Throws: `ProcessError` with `system` for what is no frame.
    mutating func receive() throws(ProcessError) -> [UInt8]? {
        do throws(ConnectionError) {
            // Several may have come at once.
            var message = try digest(0)
            while message == nil {
                let isLarge = decoder.missing >= FrameDecoder.leastSpace
                let transfer =
                    if isLarge {
                        socket.descriptor.read(into: &decoder)
                    } else {
                        unsafe buffer.withUnsafeMutableBytes {
                            unsafe socket.descriptor.read(into: $0)
                        }
                    }
                guard case .bytes(let count) = transfer else { return nil }
                message = try digest(isLarge ? 0 : count)
            }
            return message
        } catch {
            throw .system(error.reason, error)
        }
    }

    private mutating func digest(_ count: Int) throws(ConnectionError) -> [UInt8]? {
        var message: [UInt8]?
        try unsafe buffer.withUnsafeBufferPointer { (bytes) throws(ConnectionError) in
            let chunk = unsafe UnsafeRawBufferPointer(
                UnsafeBufferPointer(rebasing: bytes.prefix(count)))
            try unsafe decoder.feed(chunk) { frame in
                message = unsafe Array(frame)
                return false
            }
        }
        return message
    }

    /// Sends a message; false when nobody is there any more.
    func send(_ message: [UInt8]) -> Bool {
        let header = frameHeader(message.count)
        var sent = 0
        while sent < header.count + message.count {
            let transfer = unsafe header.withUnsafeBytes { header in
                unsafe message.withUnsafeBytes { message in
                    unsafe socket.descriptor.write(
                        UnsafeRawBufferPointer(rebasing: header.dropFirst(sent)),
                        then: UnsafeRawBufferPointer(
                            rebasing: message.dropFirst(max(0, sent - header.count))))
                }
            }
            guard case .bytes(let count) = transfer else { return false }
            sent += count
        }
        return true
    }
}
