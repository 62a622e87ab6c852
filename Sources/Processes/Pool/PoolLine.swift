internal import Connections
internal import Sockets
internal import Synchronization

/// A pool's line to one of its workers: frames go out in the order in which they were put in line,
/// and what comes is told on the loop's thread.
final class PoolLine: LoopMember {
    /// What has come.
    enum Event {
        /// All messages that came at once, in order.
        case messages([[UInt8]])
        /// The worker has ended, and all that it has said before has been told.
        case end
    }

    typealias OnEvent = @Sendable (Event) -> Void

    /// A header or a body.
    private struct Piece {
        let bytes: [UInt8]
        /// What goes with it, which then is a header, by itself.
        var luggage: [SharedDescriptor] = []
    }

    private struct State {
        var socket: SharedDescriptor?
        var token: UInt64 = 0
        /// What is to be written next, and how much of the first has gone.
        var outgoing = FIFO<Piece>()
        var gone = 0
        var isWriting = false
        /// The socket takes nothing now; the loop is told when it does.
        var isBlocked = false
    }

    private let loop: IOLoop
    private let onEvent: OnEvent
    private let state: Mutex<State>
    /// SAFETY: only the loop's thread is at it, in `becameReady`.
    private nonisolated(unsafe) var decoder: FrameDecoder

    init(_ socket: SharedDescriptor, loop: IOLoop, onEvent: @escaping OnEvent) {
        self.loop = loop
        self.onEvent = onEvent
        state = Mutex(State(socket: socket))
        unsafe decoder = FrameDecoder(limit: ProcessPool.messageSizeLimit)
    }

    /// Begins to listen.
    ///
    /// - Throws: `ProcessError` with `system`.
    func start() throws(ProcessError) {
        let token = loop.join(self)
        do throws(SocketError) {
            try state.withLock { state throws(SocketError) in
                state.token = token
                guard let socket = state.socket else { return }
                try loop.watch(socket.descriptor.raw, token: token, from: [], to: .read)
            }
        } catch {
            loop.leave(token)
            throw .system(error.reason, error)
        }
    }

    /// Puts a message in line, which `flush()` writes.
    func put(_ parcel: PoolParcel) {
        state.withLock { state in
            state.outgoing.append(
                Piece(bytes: frameHeader(parcel.bytes.count), luggage: parcel.luggage))
            state.outgoing.append(Piece(bytes: parcel.bytes))
        }
    }

    /// Writes what is in line, as far as the socket takes it. The rest is the loop's.
    func flush() {
        while let (socket, first, second, gone) = next() {
            let transfer = unsafe first.bytes.withUnsafeBytes { head in
                unsafe second.withUnsafeBytes { rest in
                    let head = unsafe UnsafeRawBufferPointer(rebasing: head.dropFirst(gone))
                    // With the first byte, and once.
                    return first.luggage.isEmpty || gone > 0
                        ? unsafe socket.descriptor.write(head, then: rest)
                        : unsafe socket.descriptor.write(head, passing: first.luggage)
                }
            }
            switch transfer {
            case .bytes(let count): wrote(count)
            case .wouldBlock: return block(socket)
            // Its end is read.
            case .endOfFile, .failed: return
            }
        }
    }

    /// Up to how many bytes short pieces are put together, so that they go in one write.
    private static let gatheringLimit = 1 << 16

    /// Takes what goes in the next write, if nobody writes: a piece, and what stands behind it.
    private func next() -> (SharedDescriptor, Piece, [UInt8], Int)? {
        state.withLock { state in
            guard !state.isWriting, !state.isBlocked, let socket = state.socket,
                let first = state.outgoing.first
            else { return nil }
            state.isWriting = true
            return (socket, first, Self.followers(state.outgoing), state.gone)
        }
    }

    /// The second piece, and those behind it that are short. A header with luggage begins a write
    /// of its own.
    private static func followers(_ pieces: FIFO<Piece>) -> [UInt8] {
        var bytes: [UInt8] = []
        for place in pieces.places.dropFirst() {
            guard let piece = pieces[place], piece.luggage.isEmpty,
                bytes.isEmpty || bytes.count + piece.bytes.count <= gatheringLimit
            else { break }
            if bytes.isEmpty { bytes = piece.bytes } else { bytes += piece.bytes }
        }
        return bytes
    }

    private func wrote(_ count: Int) {
        state.withLock { state in
            state.gone += count
            while let first = state.outgoing.first, state.gone >= first.bytes.count {
                state.gone -= first.bytes.count
                _ = state.outgoing.popFirst()
            }
            state.isWriting = false
        }
    }

    private func block(_ socket: SharedDescriptor) {
        state.withLock { state in
            state.isWriting = false
            guard state.socket != nil else { return }
            state.isBlocked = true
            try? loop.rewatch(socket.descriptor.raw, token: state.token, [.read, .write])
        }
    }

    /// Nothing more comes: what has come is still told, and then the end.
    func close() {
        state.withLock { $0.socket }?.descriptor.end()
    }

    /// Says no more: the worker reads the end.
    func finish() {
        state.withLock { $0.socket }?.descriptor.finishWriting()
    }

    // MARK: On the loop

    func becameReady(_ ready: Ready, scratch: UnsafeMutableRawBufferPointer) {
        if ready.isWritable { unblock() }
        if ready.isReadable { unsafe read(scratch) }
    }

    private func unblock() {
        state.withLock { state in
            guard state.isBlocked, let socket = state.socket else { return }
            state.isBlocked = false
            try? loop.rewatch(socket.descriptor.raw, token: state.token, .read)
        }
        flush()
    }

    private func read(_ scratch: UnsafeMutableRawBufferPointer) {
        guard let socket = state.withLock({ $0.socket }) else { return }
        let isLarge = unsafe decoder.missing >= FrameDecoder.leastSpace
        let transfer =
            if isLarge {
                unsafe socket.descriptor.read(into: &decoder)
            } else {
                unsafe socket.descriptor.read(into: scratch)
            }
        switch transfer {
        case .bytes(let count):
            let chunk = unsafe scratch.prefix(isLarge ? 0 : count)
            var messages: [[UInt8]] = []
            var isBroken = false
            do throws(ConnectionError) {
                try unsafe decoder.feed(UnsafeRawBufferPointer(rebasing: chunk)) { frame in
                    messages.append(unsafe Array(frame))
                    return true
                }
            } catch {
                isBroken = true
            }
            if !messages.isEmpty { onEvent(.messages(messages)) }
            if isBroken { end() }
        case .wouldBlock: break
        case .endOfFile, .failed: end()
        }
    }

    private func end() {
        let (socket, token) = state.withLock { state in
            defer {
                state.socket = nil
                state.outgoing = FIFO()
            }
            return (state.socket, state.token)
        }
        guard let socket else { return }
        loop.unwatch(socket.descriptor.raw)
        loop.leave(token)
        onEvent(.end)
    }
}
