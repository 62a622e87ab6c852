internal import CMultiprocessing

/// What a descriptor waits for.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Something to read: bytes, the end, a connection to accept.
    package static let read = Interest(rawValue: MP_READABLE)
    /// Room to write.
    package static let write = Interest(rawValue: MP_WRITABLE)
    /// The peer has finished writing (it closed or half closed), even while nothing is read.
    package static let peerClosed = Interest(rawValue: MP_PEER_CLOSED)
    /// Each change is told once (edge triggered), which spares the kernel a second look at the
    /// descriptor. Whoever leaves something unread or unwritten asks again, by
    /// ``Poller/modify(_:token:interest:)``.
    package static let once = Interest(rawValue: MP_ONCE)
    /// ``peerClosed``, told once. A constant, for a list is put together anew at each use.
    package static let end = Interest(rawValue: MP_PEER_CLOSED | MP_ONCE)
    /// ``read`` and ``peerClosed``, told once.
    package static let requests = Interest(rawValue: MP_READABLE | MP_PEER_CLOSED | MP_ONCE)
}

/// What has become possible.
package struct Ready: Equatable, Sendable {
    @usableFromInline let bits: UInt32

    @inlinable
    init(bits: UInt32) {
        self.bits = bits
    }

    /// A read will not block: there are bytes, the end, or an error to fetch.
    @inlinable
    package var isReadable: Bool {
        bits & (MP_READABLE | MP_PEER_CLOSED | MP_HUNG_UP | MP_FAILED) != 0
    }

    /// A write will not block: there is room, or an error to fetch.
    @inlinable
    package var isWritable: Bool {
        bits & (MP_WRITABLE | MP_HUNG_UP | MP_FAILED) != 0
    }

    /// The peer has finished writing.  There may still be bytes to read.
    @inlinable
    package var peerHasClosed: Bool {
        bits & (MP_PEER_CLOSED | MP_HUNG_UP | MP_FAILED) != 0
    }

    /// Both directions are dead.  The poller says so even without any interest, again and again:
    /// close the descriptor, or remove it from the poller until it is read.
    @inlinable
    package var hasHungUp: Bool {
        bits & (MP_HUNG_UP | MP_FAILED) != 0
    }
}
