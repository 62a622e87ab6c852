package import OpenSSL
package import Sockets
internal import Synchronization

/// The TLS between a socket and whoever reads and writes it: drives a `TLSSession`.
///
/// One thread may read while another writes, so each holds the session under a lock, and never
/// while it waits.
package final class TLSLink: Sendable {
    /// How far the handshake has come.
    enum Securing: Equatable {
        case done, waits
        case failed(ConnectionError)
    }

    private let state: Mutex<TLSLinkState>

    /// The server's end of a connection that was accepted.
    ///
    /// - Throws: `OpenSSLError` with `.noMemory`.
    package convenience init(accepting context: TLSContext) throws(OpenSSLError) {
        self.init(try TLSSession(context))
    }

    /// The client's end of a connection to a server.
    ///
    /// - Parameters:
    ///   - names: whom the server's certificate must be for, one of these.
    ///   - server: where the server is.
    /// - Throws: `OpenSSLError` with `.noMemory`, `.unusable`.
    convenience init(
        connecting context: TLSContext, names: [String], server: String
    ) throws(OpenSSLError) {
        self.init(try TLSSession(context, names: names, server: server))
    }

    private init(_ session: consuming TLSSession) {
        state = Mutex(TLSLinkState(session))
    }

    package var holdsInput: Bool {
        state.withLock { $0.end != nil || $0.session.holdsInput }
    }

    package var holdsOutput: Bool {
        // What no longer can go is not waited for.
        state.withLock { $0.isUsable && $0.session.outputCount > 0 }
    }

    var failure: ConnectionError? { state.withLock { $0.failure ?? $0.writingFailure } }

    var peerCertificate: PeerCertificate? {
        state.withLock { $0.session.peerCertificate.map { PeerCertificate($0) } }
    }

    /// Whether the handshake was cut short because both knew each other.
    package var isResumed: Bool { state.withLock { $0.session.isResumed } }

    // MARK: Transfers

    @usableFromInline
    func read(
        into room: UnsafeMutableRawBufferPointer, from descriptor: borrowing Descriptor,
        onlyHeld: Bool = false
    ) -> Transfer {
        state.withLock { state in
            unsafe state.read(into: room, from: descriptor, onlyHeld: onlyHeld)
        }
    }

    /// Reads as `read` does, and waits where there is nothing: in the socket, which must be one
    /// that waits, and without the lock, so that others may write.
    ///
    /// - Returns: `.wouldBlock` only where what has come cannot be read before the session has said
    ///   something, for which the socket has no room: then it ``holdsInput``.
    func readWaiting(
        into room: UnsafeMutableRawBufferPointer, from descriptor: borrowing Descriptor
    ) -> Transfer {
        while true {
            let (transfer, holdsInput) = state.withLock { state in
                let transfer = unsafe state.read(into: room, from: descriptor, onlyHeld: true)
                return (transfer, state.session.holdsInput)
            }
            if transfer != .wouldBlock || holdsInput { return transfer }
            awaitInput(from: descriptor)
        }
    }

    /// Waits for some ciphertext, so much that short replies come whole.
    private func awaitInput(from descriptor: borrowing Descriptor) {
        let most = TLSSession.leastInput
        unsafe withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { bytes in
            let transfer = unsafe descriptor.read(into: bytes)
            // Another process may have the socket too, and have told it not to wait.
            if transfer == .wouldBlock { _ = try? descriptor.waitUntilReadable(nanoseconds: -1) }
            state.withLock { state in
                _ = unsafe state.receive { room in
                    if case .bytes(let count) = transfer {
                        unsafe room.copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
                    }
                    return transfer
                }
            }
        }
    }

    @usableFromInline
    func write(_ pieces: Pieces, to descriptor: borrowing Descriptor) -> Transfer {
        guard pieces.count > 0 else { return .bytes(0) }
        return state.withLock { $0.write(pieces, to: descriptor) }
    }

    func secure(over descriptor: borrowing Descriptor) -> Securing {
        state.withLock { $0.secure(over: descriptor) }
    }

    /// - Returns: `.wouldBlock`, or why it has failed.
    func flush(to descriptor: borrowing Descriptor) -> Transfer {
        state.withLock { state in
            if case .failed(let number) = state.flush(to: descriptor) { return .failed(number) }
            return .wouldBlock
        }
    }

    func disown() -> Int {
        state.withLock { state in
            let count = state.records.reduce(0) { $0 + $1.count }
            state.records.removeAll(keepingCapacity: true)
            return count
        }
    }

    func finishWriting(to descriptor: borrowing Descriptor) {
        state.withLock { state in
            state.session.finishWriting()
            state.isFinishing = true
            _ = state.flush(to: descriptor)
        }
    }

    func bidFarewell(to descriptor: borrowing Descriptor) {
        state.withLock { state in
            state.session.finishWriting()
            _ = state.flush(to: descriptor)
        }
    }
}
