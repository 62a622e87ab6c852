internal import CMultiprocessing

/// What came of one attempt to read or write.
package enum Transfer: Equatable, Sendable {
    /// So many bytes were moved, at least one.
    case bytes(Int)
    /// Nothing now: wait until the poller says so.
    case wouldBlock
    /// The peer has finished writing.  Never the result of a write.
    case endOfFile
    /// The connection is of no more use in this direction; the system's error number.
    case failed(Int32)

    /// What lies between the socket and us is broken; there is no error of the system's.
    package static let protocolFailed = Transfer.failed(MP_EPROTO)

    @inlinable
    init(_ result: Int64) {
        if result > 0 {
            self = .bytes(Int(result))
        } else if result == 0 {
            self = .endOfFile
        } else {
            self = result == -Int64(MP_EAGAIN) ? .wouldBlock : .failed(Int32(-result))
        }
    }
}

extension Descriptor {
    /// Reads from a socket what is there, up to the room given (which must not be empty).
    @inlinable
    package func read(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        unsafe Transfer(mp_socket_receive(raw, room.baseAddress, room.count))
    }

    /// The same where the socket might wait (`letWait`) and the caller must not.
    package func readNow(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        unsafe Transfer(mp_socket_receive_now(raw, room.baseAddress, room.count))
    }

    /// What `readOn` goes on for: after so many bytes at once, for so many looks in vain, and for
    /// so many pieces.
    private static let (pieceSize, vainLooks, pieces) = (32_768, 48, 16)

    /// Reads a part of something long whose rest is just being written: where a large piece has
    /// come, it looks for the next for some microseconds. To sleep, and be woken for each piece,
    /// takes longer than a piece. The socket must be one that does not wait.
    ///
    /// - Returns: what came of it, as of one read, but an end or a failure without the bytes before
    ///   it, which are of no use; and whether nothing was left in the end.
    package func readOn(
        into room: UnsafeMutableRawBufferPointer
    ) -> (transfer: Transfer, isDrained: Bool) {
        var (filled, pieces, vain, isDrained) = (0, 0, 0, false)
        while filled < room.count, pieces < Self.pieces {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: room[filled...])
            let transfer = unsafe read(into: rest)
            switch transfer {
            case .bytes(let count):
                filled += count
                (pieces, vain, isDrained) = (pieces + 1, 0, count < rest.count)
                if count < Self.pieceSize { return (.bytes(filled), isDrained) }
            case .wouldBlock where filled > 0 && vain < Self.vainLooks:
                (vain, isDrained) = (vain + 1, true)
                mp_thread_pause()
            case .wouldBlock: return filled > 0 ? (.bytes(filled), true) : (transfer, false)
            case .endOfFile, .failed: return (transfer, false)
            }
        }
        return (.bytes(filled), isDrained)
    }

    /// Writes to a socket as much of `bytes` as it takes now.  Never raises SIGPIPE.
    @inlinable
    package func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        guard bytes.count > 0 else { return .bytes(0) }
        return unsafe Transfer(mp_socket_send(raw, bytes.baseAddress, bytes.count))
    }

    /// The same where the socket might wait (`letWait`) and the caller must not.
    package func writeNow(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        guard bytes.count > 0 else { return .bytes(0) }
        return unsafe Transfer(mp_socket_send_now(raw, bytes.baseAddress, bytes.count))
    }

    /// Writes two pieces, a header and a body, in one call.
    @inlinable
    package func write(
        _ head: UnsafeRawBufferPointer, then body: UnsafeRawBufferPointer
    ) -> Transfer {
        guard head.count + body.count > 0 else { return .bytes(0) }
        return unsafe Transfer(
            mp_socket_send_both(raw, head.baseAddress, head.count, body.baseAddress, body.count))
    }

    /// Writes three pieces in one call.
    package func write(
        _ head: UnsafeRawBufferPointer, then body: UnsafeRawBufferPointer,
        then tail: UnsafeRawBufferPointer
    ) -> Transfer {
        guard head.count + body.count + tail.count > 0 else { return .bytes(0) }
        return unsafe Transfer(
            mp_socket_send_three(
                raw, head.baseAddress, head.count, body.baseAddress, body.count,
                tail.baseAddress, tail.count))
    }

    /// Asks the kernel to take so many bytes at once before the peer reads; it may give less.
    package func setSendBuffer(byteCount: Int32) {
        _ = mp_socket_send_buffer(raw, byteCount)
    }

    /// Asks TCP to acknowledge at once what has been read, and what is read next.  The kernel
    /// forgets it soon.  A stock CPython client waits 40 ms for a delayed ACK otherwise, unless a
    /// reply brings one.
    @inlinable
    package func acknowledgeQuickly() {
        mp_socket_quick_ack(raw)
    }

    /// Sends small writes at once (TCP_NODELAY).  Harmless on other sockets.
    package func sendWithoutDelay() {
        _ = mp_socket_no_delay(raw)
    }

    /// Closes both directions of the socket, also for a thread that just reads.
    package func end() {
        _ = mp_socket_end(raw)
    }

    /// From now on reading and writing wait, and so hold up their thread.
    package func letWait() throws(SocketError) {
        let result = mp_socket_let_wait(raw)
        guard result >= 0 else { throw .system("fcntl", result) }
    }

    /// Waits until there is something to read; only for a thread of one's own.
    ///
    /// - Parameter nanoseconds: how long; below zero for as long as it takes.
    /// - Returns: false when the time is over.
    package func waitUntilReadable(nanoseconds: Int64) throws(SocketError) -> Bool {
        let result = mp_wait_readable(raw, nanoseconds)
        guard result >= 0 else { throw .system("poll", result) }
        return result > 0
    }

    /// Waits until there is room to write; only for a thread of one's own.
    package func waitUntilWritable() throws(SocketError) {
        let result = mp_wait_writable(raw)
        guard result >= 0 else { throw .system("poll", result) }
    }

    /// Half closes the socket: the peer reads the end, we still read what it writes.
    package func finishWriting() {
        _ = mp_socket_finish_writing(raw)
    }
}
