internal import CMultiprocessing

/// Waits for many descriptors at once: epoll, level triggered where ``Interest/once`` is not asked.
///
/// One thread waits.  Any thread may add, modify and remove, and `waker.wake()`.  The body of
/// `wait` may do so too, but events of the same round that were already fetched still come: use
/// tokens that are not reused, or check that the token's owner is still there.
@safe package struct Poller: ~Copyable, Sendable {
    /// The token of the poller's own bell; no descriptor may have it.
    package static let reservedToken = UInt64.max

    /// Makes `wait` return, from any thread; may outlive the poller.
    package let waker: Waker
    private let poll: Descriptor
    // SAFETY: `capacity` events, owned by this value, freed in deinit, touched only by the one
    // thread that waits.
    private nonisolated(unsafe) let events: UnsafeMutablePointer<mp_event>
    /// How many events one wait fetches at most.
    package let capacity: Int

    /// - Parameter capacity: events fetched at most by one wait; 12 bytes each.
    package init(capacity: Int = 256) throws(SocketError) {
        precondition((1...0xffff).contains(capacity), "a poller fetches 1 to 65535 events at once")
        let poll = try Descriptor(mp_poll_create(), from: "epoll_create1")
        let waker = try Waker()
        let result = mp_poll_add(poll.raw, waker.bell.raw, Self.reservedToken, MP_READABLE)
        guard result >= 0 else { throw .system("epoll_ctl", result) }
        self.poll = poll
        self.waker = waker
        self.capacity = capacity
        unsafe events = .allocate(capacity: capacity)
        unsafe events.initialize(repeating: mp_event(), count: capacity)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Starts to watch a descriptor; `token` comes back with its events.
    package func add(
        _ descriptor: Int32, token: UInt64, interest: Interest
    ) throws(SocketError) {
        precondition(token != Self.reservedToken, "that token is the poller's own")
        let result = mp_poll_add(poll.raw, descriptor, token, interest.rawValue)
        guard result >= 0 else { throw .system("epoll_ctl", result) }
    }

    /// Changes what a watched descriptor waits for.
    package func modify(
        _ descriptor: Int32, token: UInt64, interest: Interest
    ) throws(SocketError) {
        let result = mp_poll_modify(poll.raw, descriptor, token, interest.rawValue)
        guard result >= 0 else { throw .system("epoll_ctl", result) }
    }

    /// Stops watching a descriptor.  Closing it does the same.
    package func remove(_ descriptor: Int32) {
        _ = mp_poll_remove(poll.raw, descriptor)
    }

    /// Waits until something is ready, the bell is rung or the time is over, then calls `body` for
    /// each ready descriptor.  Allocates nothing.
    ///
    /// - Parameter timeout: nil waits for ever, zero only looks.
    /// - Returns: whether the bell had been rung.
    /// - Throws: `SocketError` only when the poller itself is broken.
    @discardableResult
    package func wait(
        timeout: Duration?, _ body: (_ token: UInt64, _ ready: Ready) -> Void
    ) throws(SocketError) -> Bool {
        try wait(nanoseconds: timeout.map { max(0, $0.nanosecondsRoundedUp) } ?? -1, body)
    }

    /// The same; below zero waits for ever.
    @discardableResult
    package func wait(
        nanoseconds: Int64, _ body: (_ token: UInt64, _ ready: Ready) -> Void
    ) throws(SocketError) -> Bool {
        let count = try fetch(nanoseconds: nanoseconds)
        var rung = false
        for index in 0..<count {
            if let (token, ready) = event(index) {
                body(token, ready)
            } else {
                rung = true
            }
        }
        return rung
    }

    /// One of the events fetched last; nil is the bell, which is silent again then.
    ///
    /// - Parameter index: below what ``fetch(nanoseconds:)`` gave.
    @inline(__always)
    package func event(_ index: Int32) -> (token: UInt64, ready: Ready)? {
        let token = unsafe mp_event_token(events, index)
        if token == Self.reservedToken {
            waker.silence()
            return nil
        }
        return (token, Ready(bits: unsafe mp_event_ready(events, index)))
    }

    /// Waits as ``wait(nanoseconds:_:)`` does, and gives how many events there are, to be looked at
    /// one by one: for who has no closure to spare.
    package func fetch(nanoseconds: Int64) throws(SocketError) -> Int32 {
        let count = unsafe mp_poll_wait(poll.raw, events, Int32(capacity), nanoseconds)
        guard count >= 0 else { throw .system("epoll_wait", count) }
        return count
    }
}
