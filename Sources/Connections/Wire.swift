package import Sockets

/// A connected socket, and the TLS on it where there is some: what carries the bytes of a
/// connection, whoever drives it.
///
/// It reads and writes as a bare descriptor does.  Without TLS a call is the descriptor's own,
/// after one look; with TLS the handshake runs inside of whatever is tried, and three things are
/// to be known:
///
/// * the session may hold what the socket does not (``holdsInput``), and no poller tells of that;
/// * what it has to say may find no room in the socket (``holdsOutput``) though nothing is to be
///   written: wait until the socket is writable, and ``flush()``;
/// * bytes count as written when the records they are in have gone whole.  Until then they must be
///   given again, first and the same, with the next write: or be ``disown()``ed.
package struct Wire: ~Copyable, Sendable {
    /// About how many bytes one call moves under TLS at the most, so that others get their turn:
    /// what a bare socket's buffers do by themselves.
    static let turnLimit = 1 << 21

    /// The socket.
    package let descriptor: Descriptor
    @usableFromInline let tls: TLSLink?

    /// Takes over a socket, connected or about to be.
    package init(_ descriptor: consuming Descriptor, tls: TLSLink? = nil) {
        self.descriptor = descriptor
        self.tls = tls
    }

    /// Reads what is there, up to the room given (which must not be empty).
    @inlinable
    package func read(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        guard let tls else { return unsafe descriptor.read(into: room) }
        return unsafe tls.read(into: room, from: descriptor)
    }

    /// Reads what is there, and waits until something is: of a socket that waits.
    ///
    /// - Returns: `.wouldBlock` only under TLS, where the session has to say something first: then
    ///   it ``holdsInput``.
    func readWaiting(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        guard let tls else { return unsafe descriptor.read(into: room) }
        return unsafe tls.readWaiting(into: room, from: descriptor)
    }

    /// Reads what the session holds, and leaves the socket alone.
    func readHeld(into room: UnsafeMutableRawBufferPointer) -> Transfer {
        unsafe tls?.read(into: room, from: descriptor, onlyHeld: true) ?? .wouldBlock
    }

    /// Reads a part of something long, as `Descriptor.readOn` does.
    ///
    /// - Returns: what came of it, as of one read; and whether nothing was left in the end.
    package func readOn(
        into room: UnsafeMutableRawBufferPointer
    ) -> (transfer: Transfer, isDrained: Bool) {
        guard let tls else { return unsafe descriptor.readOn(into: room) }
        let portion = unsafe Self.portion(of: room)
        let transfer = unsafe tls.read(into: portion, from: descriptor)
        guard case .bytes(let count) = transfer else { return (transfer, false) }
        return (transfer, count < portion.count)
    }

    /// As much of a large room as one read should fill.
    @inlinable
    package func portion(
        of room: UnsafeMutableRawBufferPointer
    ) -> UnsafeMutableRawBufferPointer {
        guard tls != nil else { return unsafe room }
        return unsafe Self.portion(of: room)
    }

    @usableFromInline
    static func portion(
        of room: UnsafeMutableRawBufferPointer
    ) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: room.prefix(turnLimit))
    }

    /// Writes as much of `bytes` as the socket takes now.
    @inlinable
    package func write(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        guard let tls else { return unsafe descriptor.write(bytes) }
        return unsafe tls.write(Pieces(bytes), to: descriptor)
    }

    /// Writes two pieces as one.
    @inlinable
    package func write(
        _ head: UnsafeRawBufferPointer, then body: UnsafeRawBufferPointer
    ) -> Transfer {
        guard let tls else { return unsafe descriptor.write(head, then: body) }
        return unsafe tls.write(Pieces(head, body), to: descriptor)
    }

    /// Writes three pieces as one.
    package func write(
        _ head: UnsafeRawBufferPointer, then body: UnsafeRawBufferPointer,
        then tail: UnsafeRawBufferPointer
    ) -> Transfer {
        guard let tls else { return unsafe descriptor.write(head, then: body, then: tail) }
        return unsafe tls.write(Pieces(head, body, tail), to: descriptor)
    }

    /// Reads straight into the space of the frame that `decoder` holds incomplete; then `resume`
    /// the decoder.  Worth its while only for a large frame: see `FrameDecoder.missing`.
    ///
    /// - Parameter onlyHeld: whether the socket is left alone.
    func read(into decoder: inout FrameDecoder, onlyHeld: Bool = false) -> Transfer {
        unsafe decoder.read { room in
            onlyHeld ? unsafe readHeld(into: room) : unsafe read(into: portion(of: room))
        }
    }

    /// The same as `readOn` does it.
    func readOn(into decoder: inout FrameDecoder, onlyHeld: Bool) -> Transfer {
        unsafe decoder.read { room in
            onlyHeld ? unsafe readHeld(into: room) : unsafe readOn(into: room).transfer
        }
    }

    /// Whether it is secured by TLS.
    @inlinable
    package var isSecured: Bool { tls != nil }

    /// Whether a read may give something though the socket has nothing.
    @inlinable
    package var holdsInput: Bool { tls?.holdsInput ?? false }

    /// Whether the session has something to send that the socket has not taken.
    @inlinable
    package var holdsOutput: Bool { tls?.holdsOutput ?? false }

    /// The certificate of the peer, once the handshake is over.
    package var peerCertificate: PeerCertificate? { tls?.peerCertificate }

    /// Why a transfer has failed.
    ///
    /// - Parameters:
    ///   - call: what the system was asked: `recv`.
    ///   - number: what came of it (`Transfer.failed`).
    package func failure(_ call: String, _ number: Int32) -> ConnectionError {
        tls?.failure ?? .lost(.system(call, number))
    }

    /// Goes on with the TLS handshake, which reads and writes by themselves do too.
    func secure() -> TLSLink.Securing { tls?.secure(over: descriptor) ?? .done }

    /// Sends what the session has to say.
    package func flush() -> Transfer { tls?.flush(to: descriptor) ?? .wouldBlock }

    /// Takes what has been encrypted for gone, so that the next write begins with other bytes.
    ///
    /// - Returns: how many bytes those are.
    func disown() -> Int { tls?.disown() ?? 0 }

    /// Half closes it: the peer reads the end, we still read what it writes.
    func finishWriting() {
        guard let tls else { return descriptor.finishWriting() }
        tls.finishWriting(to: descriptor)
    }

    /// Tells the peer, before the socket is closed, that this is the end and no accident.
    package func bidFarewell() {
        tls?.bidFarewell(to: descriptor)
    }
}
