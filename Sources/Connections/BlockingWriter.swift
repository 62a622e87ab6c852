internal import Sockets

/// Writes frames to a socket that lets its thread wait.
package struct BlockingWriter {
    /// A longer message is not copied to be glued to its header.
    private static let gluedLimit = 65_536

    /// Where a short message stands behind its header, to be written at once.
    private var glued = [UInt8](repeating: 0, count: 1024)

    package init() {}

    /// Writes a message, whole.
    ///
    /// - Throws: `.closed`.
    package mutating func write(
        _ message: [UInt8], to socket: SharedWire
    ) throws(ConnectionError) {
        guard message.count < Self.gluedLimit else { return try writeLong(message, to: socket) }
        try unsafe write(room: message.count, to: socket) { memory in
            unsafe memory.copyBytes(from: message)
            return message.count
        }
    }

    /// Writes a message, whole.
    ///
    /// - Parameters:
    ///   - room: how many bytes it has at most; few enough for a header of 4 bytes.
    ///   - make: writes it into that room, and tells how many bytes it has.
    /// - Throws: `.closed`.
    mutating func write(
        room: Int, to socket: SharedWire, _ make: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(ConnectionError) {
        let start = FrameHeader.size(for: room)
        if glued.count < start + room {
            glued = [UInt8](repeating: 0, count: start + room)
        }
        let count = unsafe glued.withUnsafeMutableBytes { memory in
            let body = unsafe UnsafeMutableRawBufferPointer(
                rebasing: memory[start..<start + room])
            let count = unsafe make(body)
            return unsafe FrameHeader.write(count, into: memory) + count
        }
        try send(count, to: socket) { sent in
            unsafe glued.withUnsafeBytes {
                unsafe socket.wire.write(UnsafeRawBufferPointer(rebasing: $0[sent..<count]))
            }
        }
    }

    private func writeLong(
        _ message: [UInt8], to socket: SharedWire
    ) throws(ConnectionError) {
        let header = frameHeader(message.count)
        try send(header.count + message.count, to: socket) { sent in
            unsafe header.withUnsafeBytes { header in
                unsafe message.withUnsafeBytes { message in
                    let body = max(0, sent - header.count)
                    return unsafe socket.wire.write(
                        UnsafeRawBufferPointer(rebasing: header.dropFirst(sent)),
                        then: UnsafeRawBufferPointer(rebasing: message.dropFirst(body)))
                }
            }
        }
    }

    /// - Parameter write: writes what comes behind so many bytes.
    private func send(
        _ total: Int, to socket: SharedWire, _ write: (Int) -> Transfer
    ) throws(ConnectionError) {
        var sent = 0
        while sent < total {
            switch write(sent) {
            case .bytes(let count): sent += count
            case .wouldBlock, .endOfFile: try socket.waitUntilWritable()
            case .failed(let number):
                let error = socket.wire.failure("send", number)
                throw sent == 0 ? error.unsent : error
            }
        }
    }
}
