internal import Sockets

/// Writes frames to a socket that lets its thread wait.
package struct BlockingWriter {
    /// A longer message is not copied to be glued to its header.
    private static let gluedLimit = 65_536

    /// What is written at once: a short message and its header.
    private var glued: [UInt8] = []

    package init() {}

    /// Writes a message, whole.
    ///
    /// - Throws: `.closed`.
    package mutating func write(
        _ message: [UInt8], to socket: SharedWire
    ) throws(ConnectionError) {
        guard message.count < Self.gluedLimit else { return try writeLong(message, to: socket) }
        glued.removeAll(keepingCapacity: true)
        unsafe withUnsafeBytes(of: UInt32(message.count).bigEndian) {
            unsafe glued.append(contentsOf: $0)
        }
        glued += message
        let bytes = glued
        try send(bytes.count, to: socket) { sent in
            unsafe bytes.withUnsafeBytes {
                unsafe socket.wire.write(UnsafeRawBufferPointer(rebasing: $0.dropFirst(sent)))
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
