// Messages that are just bytes: CPython's `send_bytes`, `recv_bytes` and `recv_bytes_into`.
extension Connection {
    /// Sends bytes as one message, and returns when the system has taken all of it.
    ///
    /// A cancelled send has sent either nothing or, if it had begun, all of the message.
    ///
    /// - Parameters:
    ///   - offset: where in `bytes` the message begins.
    ///   - size: how many bytes it has; nil for all from there on.  Both must lie within `bytes`.
    /// - Throws: `ConnectionError`: `.closed`, `.notWritable`, `.cancelled`.
    public func sendBytes(
        _ bytes: [UInt8], offset: Int = 0, size: Int? = nil
    ) async throws(ConnectionError) {
        try await channel.send(Message(Self.part(of: bytes, offset: offset, size: size)))
    }

    /// Waits for the next message, and takes it as it is.  Receivers are served in the order in
    /// which they came.
    ///
    /// - Parameters:
    ///   - maxLength: most bytes it may have; after a longer one nothing more is received.
    ///   - timeout: how long to wait; nil for as long as it takes.
    /// - Throws: `ConnectionError`: `.endOfFile` when the peer has closed and all its messages have
    ///   been taken, `.closed`, `.notReadable`, `.messageTooLarge`, `.malformedFrame`, `.timedOut`,
    ///   `.cancelled`.  A receive that timed out or was cancelled has taken no message.
    /// - Note: CPython's `recv_bytes` has no timeout: there one polls first.
    public func receiveBytes(
        maxLength: Int? = nil, timeout: Duration? = nil
    ) async throws(ConnectionError) -> [UInt8] {
        let message = try await receiveMessage(timeout: timeout).bytes
        if let maxLength, message.count > maxLength {
            channel.refuseMessages()
            throw .tooLong(message.count, most: maxLength)
        }
        return message
    }

    /// Waits for the next message, and writes it over bytes of a buffer.
    ///
    /// - Parameters:
    ///   - buffer: keeps its length.
    ///   - offset: where the message is to begin: at most at the buffer's end.
    ///   - timeout: how long to wait; nil for as long as it takes.
    /// - Returns: how many bytes the message has.
    /// - Throws: `ConnectionError` as `receiveBytes`, and `.bufferTooShort`: the message has been
    ///   taken then, and the error has it.
    public func receiveBytes(
        into buffer: inout [UInt8], offset: Int = 0, timeout: Duration? = nil
    ) async throws(ConnectionError) -> Int {
        precondition(buffer.indices.contains(offset) || offset == buffer.count, "outside of it")
        let message = try await receiveMessage(timeout: timeout).bytes
        let room = buffer.count - offset
        guard message.count <= room else { throw .bufferTooShort(message, room: room) }
        buffer.replaceSubrange(offset..<offset + message.count, with: message)
        return message.count
    }

    /// The next message; the end has a code of its own.
    func receiveMessage(timeout: Duration?) async throws(ConnectionError) -> Message {
        do throws(ConnectionError) {
            return try await channel.receive(timeout: timeout)
        } catch {
            throw error.atEnd
        }
    }

    static func part(of bytes: [UInt8], offset: Int, size: Int?) -> [UInt8] {
        if offset == 0, size == nil { return bytes }
        precondition(0...bytes.count ~= offset, "a message begins within its bytes")
        let size = size ?? bytes.count - offset
        precondition(0...bytes.count - offset ~= size, "a message ends within its bytes")
        return Array(bytes[offset..<offset + size])
    }
}
