internal import OpenSSL
internal import Sockets
internal import Synchronization

/// The listening side on the loop: accepts, lets handshakes run, hands over what has opened.
///
/// Nothing a peer does or fails to do holds up another: each handshake is a channel of its own.
final class Acceptor: LoopMember {
    /// Connections accepted in one turn of the loop.
    static let acceptsPerTurn = 64
    /// How long it does not accept when there are no descriptors left.
    static let pause = Duration.milliseconds(100)

    /// What the listener demands of its peers.
    struct Terms: Sendable {
        let authkey: AuthenticationKey?
        let messageSizeLimit: Int
        let handshakeTimeout: Duration
        let pendingHandshakeLimit: Int
        let allowsLegacy: Bool
        var tls: TLSContext?
    }

    private struct State: ~Copyable {
        var socket: ListeningSocket?
        var token: UInt64 = 0
        var interest: Interest = []
        /// Out of descriptors, for a moment.
        var isPaused = false
        var handshakes: HandshakeRoster<Channel>
        var opened = FIFO<Channel>()
        var waiting = FIFO<OneShot<Channel>>()
    }

    let address: SocketAddress
    private let loop: IOLoop
    let terms: Terms
    private let state: Mutex<State>

    init(_ socket: consuming ListeningSocket, loop: IOLoop, terms: Terms) {
        address = socket.address
        self.loop = loop
        self.terms = terms
        state = Mutex(
            State(socket: socket, handshakes: HandshakeRoster(limit: terms.pendingHandshakeLimit)))
    }

    /// Joins the loop and begins.
    func start() throws(ConnectionError) {
        let token = loop.join(self)
        do throws(SocketError) {
            try state.withLock { state throws(SocketError) in
                state.token = token
                try watch(&state)
            }
        } catch {
            close()
            throw ConnectionError(error)
        }
    }

    /// The next connection that has opened.
    func next() async throws(ConnectionError) -> Channel {
        let waiter = OneShot<Channel>()
        let place = try state.withLock { state throws(ConnectionError) -> Int? in
            guard state.socket != nil else { throw .closedHere }
            guard let channel = state.opened.popFirst() else { return state.waiting.append(waiter) }
            waiter.complete(.success(channel))
            resume(&state)
            return nil
        }
        do throws(ConnectionError) {
            return try await waiter.value("accepting")
        } catch {
            if let place { state.withLock { _ = $0.waiting.remove(place: place) } }
            throw error
        }
    }

    /// A second descriptor of the socket.
    func copyOfSocket() throws(ConnectionError) -> SharedDescriptor {
        try state.withLock { state throws(ConnectionError) in
            guard let raw = state.socket?.descriptor.raw else { throw .closedHere }
            do throws(SocketError) {
                return SharedDescriptor(try Descriptor.duplicate(raw))
            } catch {
                throw ConnectionError(error)
            }
        }
    }

    /// Ends it, and all connections that nobody has accepted.
    func close() {
        let (channels, waiters, token) = state.withLock { state in
            var channels = state.handshakes.removeAll()
            while let channel = state.opened.popFirst() { channels.append(channel) }
            var waiters: [OneShot<Channel>] = []
            while let waiter = state.waiting.popFirst() { waiters.append(waiter) }
            if let raw = state.socket?.descriptor.raw {
                try? loop.watch(raw, token: state.token, from: state.interest, to: [])
            }
            state.interest = []
            state.socket = nil
            return (channels, waiters, state.token)
        }
        for channel in channels { channel.close() }
        for waiter in waiters { waiter.complete(.failure(.closedHere)) }
        loop.leave(token)
    }

    func becameReady(_ ready: Ready, scratch: UnsafeMutableRawBufferPointer) {
        for _ in 0..<Self.acceptsPerTurn {
            guard acceptOne() else { return }
        }
    }

    /// - Returns: whether there may be more to accept.
    private func acceptOne() -> Bool {
        let accepted = state.withLock { state -> Channel? in
            guard state.opened.count < Listener.unacceptedLimit else {
                resume(&state)
                return nil
            }
            do throws(SocketError) {
                guard let socket = try state.socket?.accept() else { return nil }
                return channel(socket)
            } catch {
                hold(&state)
                return nil
            }
        }
        guard let accepted else { return false }
        guard let id = admit(accepted) else { return false }
        let deadline = MonotonicClock.deadline(after: terms.handshakeTimeout)
        accepted.start(deadline: deadline, timeout: terms.handshakeTimeout) { [weak self] error in
            self?.handshakeEnded(id, error)
        }
        return true
    }

    private func channel(_ socket: consuming Descriptor) -> Channel? {
        var setup = Channel.Setup(
            handshake: nil, isTCP: address.isTCP, messageSizeLimit: terms.messageSizeLimit,
            carriesLuggage: !address.isTCP && terms.tls == nil)
        if let tls = terms.tls {
            guard let link = try? TLSLink(accepting: tls) else { return nil }
            setup.tls = link
        }
        if let authkey = terms.authkey {
            guard let challenge = try? Randomness.bytes(Handshake.challengeLength) else {
                return nil
            }
            setup.handshake = Handshake(
                role: .listener, key: authkey, challenge: challenge,
                allowsLegacy: terms.allowsLegacy)
        }
        return Channel(socket, loop: loop, setup: setup)
    }

    /// nil when the listener has just been closed.
    private func admit(_ channel: Channel) -> UInt64? {
        let admitted = state.withLock { state -> (id: UInt64, dropped: Channel?)? in
            state.socket == nil ? nil : state.handshakes.admit(channel)
        }
        admitted?.dropped?.fail(.closedHere)
        return admitted?.id
    }

    private func handshakeEnded(_ id: UInt64, _ error: ConnectionError?) {
        let channel = state.withLock { $0.handshakes.remove(id) }
        guard error == nil, let channel else { return }
        while let waiter = waiter(for: channel) {
            if waiter.complete(.success(channel)) { return }
        }
        // Closed in between: nobody will accept it.
        if state.withLock({ $0.socket == nil }) { channel.close() }
    }

    /// Who is first to be given a connection; when there is nobody, it is kept.
    private func waiter(for channel: Channel) -> OneShot<Channel>? {
        state.withLock { state in
            if let waiter = state.waiting.popFirst() { return waiter }
            state.opened.append(channel)
            return nil
        }
    }

    /// Watches the socket while there is room for what it brings.
    private func watch(_ state: inout State) throws(SocketError) {
        guard let raw = state.socket?.descriptor.raw else { return }
        let hasRoom = state.opened.count < Listener.unacceptedLimit
        let wanted: Interest = hasRoom && !state.isPaused ? .read : []
        try loop.watch(raw, token: state.token, from: state.interest, to: wanted)
        state.interest = wanted
    }

    private func resume(_ state: inout State) {
        do throws(SocketError) {
            try watch(&state)
        } catch {
            hold(&state)
        }
    }

    /// Level triggered, a socket that cannot be accepted from would spin: look away for a moment.
    private func hold(_ state: inout State) {
        guard !state.isPaused else { return }
        state.isPaused = true
        try? watch(&state)
        _ = loop.schedule(at: MonotonicClock.deadline(after: Self.pause)) { [weak self] in
            guard let self else { return }
            self.state.withLock { state in
                state.isPaused = false
                self.resume(&state)
            }
        }
    }
}
