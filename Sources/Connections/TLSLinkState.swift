internal import OpenSSL
internal import Sockets

/// What a `TLSLink` keeps under its lock: the session, and what of it is on its way through the
/// socket.
struct TLSLinkState: ~Copyable {
    /// A record that waits: behind how many bytes of all that is sent it ends, and how many bytes
    /// of plaintext it holds that have not been counted as written.
    struct Record {
        let end: UInt64
        let count: Int
    }

    var session: TLSSession
    /// How many bytes of ciphertext the socket has taken.
    var sent: UInt64 = 0
    var records: [Record] = []
    /// What is to be told after what was read before it.
    var end: Transfer?
    var failure: ConnectionError?
    /// Why the socket takes nothing more.
    var writingFailure: ConnectionError?
    /// The socket is half closed when all has gone.
    var isFinishing = false
    /// The last read of the socket has left nothing there.
    var isDrained = false

    init(_ session: consuming TLSSession) {
        self.session = session
    }

    /// Whether more can be written, as far as is known. By patterns, which copy no error.
    var isUsable: Bool {
        if case nil = failure, case nil = writingFailure { return true }
        return false
    }

    /// Reads until the room is full, or neither the session nor the socket has more: so a read that
    /// leaves room has left nothing, as on a bare socket.
    ///
    /// - Parameter onlyHeld: whether the socket is left alone.
    mutating func read(
        into room: UnsafeMutableRawBufferPointer, from descriptor: borrowing Descriptor,
        onlyHeld: Bool
    ) -> Transfer {
        if let end { return end }
        isDrained = false
        var total = 0
        reading: while total < room.count {
            var progress = TLSSession.Progress.needsInput
            var hasRoom = true
            if !session.isDry {
                progress = unsafe session.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: room[total...]))
                hasRoom = flush(to: descriptor) == .empty
            }
            switch progress {
            case .bytes(let count): total += count
            case .needsInput:
                // Without a byte to give, it must be known whether there is an end.
                let isDone = onlyHeld || (total > 0 && isDrained)
                guard !isDone, receive(from: descriptor) else { break reading }
            case .needsRoom: guard hasRoom else { break reading }
            case .ended: end = .endOfFile
            case .failed(let error): fail(self.error(error))
            }
            if end != nil { break }
        }
        return total > 0 ? .bytes(total) : end ?? .wouldBlock
    }

    /// Takes in what the socket has, and does not wait for it.
    ///
    /// - Returns: whether anything came.
    private mutating func receive(from descriptor: borrowing Descriptor) -> Bool {
        unsafe receive { unsafe descriptor.readNow(into: $0) }
    }

    /// Takes in what `read` brings from the socket to the room lent to it.
    ///
    /// - Returns: whether anything came.
    mutating func receive(_ read: (UnsafeMutableRawBufferPointer) -> Transfer) -> Bool {
        var transfer = Transfer.wouldBlock
        unsafe session.receive { room in
            transfer = unsafe read(room)
            guard case .bytes(let count) = transfer else { return 0 }
            isDrained = count < room.count
            return count
        }
        switch transfer {
        case .bytes: return true
        case .wouldBlock: break
        case .endOfFile: fail(session.isOpen ? .truncated : .cutInHandshake)
        case .failed(let number): fail(.lost(.system("recv", number)))
        }
        return false
    }

    /// Writes: what was encrypted before is the beginning of these bytes.
    mutating func write(_ pieces: Pieces, to descriptor: borrowing Descriptor) -> Transfer {
        guard isUsable else { return .protocolFailed }
        let most = min(pieces.count, Wire.turnLimit)
        var written = 0
        while true {
            let flushed = flush(to: descriptor)
            written += takeWritten()
            guard flushed == .empty, written < most else { break }
            switch encrypt(pieces, from: written) {
            case .bytes: continue
            case .needsInput where session.outputCount > 0: continue
            case .needsInput, .needsRoom: break
            case .ended: fail(.closedInHandshake)
            case .failed(let error): fail(self.error(error))
            }
            break
        }
        if case _? = failure { _ = flush(to: descriptor) }
        if written > 0 { return .bytes(written) }
        return isUsable ? .wouldBlock : .protocolFailed
    }

    /// Encrypts as many records as there is room for.
    ///
    /// - Returns: `.bytes` if there was one at least, or why there was none.
    private mutating func encrypt(_ pieces: Pieces, from start: Int) -> TLSSession.Progress {
        var position = start
        while position < pieces.count {
            let progress = unsafe pieces.withBytes(
                from: position, most: TLSSession.recordLimit
            ) { unsafe session.write($0) }
            guard case .bytes(let count) = progress else {
                return position > start ? .bytes(position - start) : progress
            }
            position += count
            records.append(
                Record(end: sent + UInt64(session.outputCount), count: count))
        }
        return .bytes(position - start)
    }

    /// How many bytes have gone, in whole records, since this was last asked.
    private mutating func takeWritten() -> Int {
        var (count, gone) = (0, 0)
        for record in records {
            guard record.end <= sent else { break }
            count += record.count
            gone += 1
        }
        if gone > 0 { records.removeFirst(gone) }
        return count
    }

    enum Flushing: Equatable {
        case empty, full
        case failed(Int32)
    }

    /// Sends what waits.
    @inline(__always)
    mutating func flush(to descriptor: borrowing Descriptor) -> Flushing {
        session.outputCount > 0 || isFinishing ? flushOutput(to: descriptor) : .empty
    }

    private mutating func flushOutput(to descriptor: borrowing Descriptor) -> Flushing {
        while session.outputCount > 0 {
            var transfer = Transfer.wouldBlock
            unsafe session.send { bytes in
                transfer = unsafe descriptor.writeNow(bytes)
                if case .bytes(let count) = transfer { return count }
                return 0
            }
            switch transfer {
            case .bytes(let count): sent += UInt64(count)
            case .wouldBlock, .endOfFile: return .full
            case .failed(let number):
                // What has come may still be read.
                writingFailure = writingFailure ?? .lost(.system("send", number))
                return .failed(number)
            }
        }
        if isFinishing {
            isFinishing = false
            descriptor.finishWriting()
        }
        return .empty
    }

    mutating func secure(over descriptor: borrowing Descriptor) -> TLSLink.Securing {
        while true {
            let progress = session.handshake()
            let flushed = flush(to: descriptor)
            switch progress {
            case nil: return .done
            case .needsInput: if receive(from: descriptor) { continue }
            case .needsRoom: if flushed == .empty { continue }
            case .bytes, .ended: fail(.closedInHandshake)
            case .failed(let error): fail(self.error(error))
            }
            guard let failure else { return .waits }
            _ = flush(to: descriptor)
            return .failed(failure)
        }
    }

    private mutating func fail(_ error: ConnectionError) {
        failure = failure ?? error
        end = .protocolFailed
    }

    /// A session's failure: before it was open, or of a client that the server has refused after it
    /// took itself to be through, nobody had trusted it yet.
    private func error(_ error: OpenSSLError) -> ConnectionError {
        session.isOpen && error.code != .refused ? .lost(error) : .insecure(error)
    }
}
