/// What clients may make the store grow to, each limit with its unit.
package struct StoreLimits: Sendable, Hashable {
    /// How many objects there may be at once. At most 4,194,304, for that is how many idents there
    /// are.
    package var objects = 1 << 20
    /// How many bytes all objects may hold, with what that takes around it.
    package var bytes = Int.max
    /// How many bytes one object may hold.
    package var objectBytes = Int.max
    /// How many elements a list, a dict, a set or an array may have.
    package var elements = 1 << 28
    /// How many items may stand in a queue, whatever its `maxsize` says.
    package var queueLength = 1 << 24
    /// How many calls may wait at once.
    package var waiters = 1 << 20
    /// How many bytes a reply to a call that changes nothing may have. What such a call returns
    /// may be much more than any request has brought.
    package var replySize = Int.max
    /// How many named objects of registered types may be in the making at once: nobody's end ends
    /// that, for others may wait for them too.
    package var pendingNames = 1024
    /// How long an object that nobody counts, but a proxy of which was stored in another object, is
    /// kept at least, in seconds: time for a receiver of the proxy to count it.
    package var strayGrace: Double = 60
    /// The same where it is only likely that nobody counts it, in seconds.
    package var doubtfulGrace: Double = 600

    /// How long an object is kept that only the dead have counted, after it was called last, in
    /// seconds: their heirs may use it uncounted, as a daemon does whose parent has ended, or a
    /// child that was spawned. Where more than half of the room is taken, no longer than a stray.
    package var orphanGrace: Double = 86_400

    /// How many tags a tagged connection may use, and so how many of its calls may be under way.
    package var tags: UInt32 = 1 << 16
    /// How many there may be at most: each takes some memory once it is used.
    package static let mostTags = 1 << 24
    /// How many owners of a tagged connection may hold something or wait at once.
    package var owners = 1 << 16
    /// How many bytes of items are kept for a tagged connection, lest it give back what it has not
    /// acknowledged.
    package var undoableBytes = 1 << 26

    /// How many bytes of replies are kept for a tagged connection whose client may ask for them.
    package var outcomeBytes = 1 << 24
    /// How many tagged connections that have ended are known at once.
    package var endedLines = 1024
    /// How many bytes of replies and items are kept of them; the one that has ended last may exceed
    /// it.
    package var endedBytes = 1 << 27
    /// How long they are known, in seconds, and then until the next one ends.
    package var outcomeTime: Double = 120

    /// How many leases there may be at once, and how many permits of a semaphore that are known by
    /// their tokens. Who waited when the limit was reached may still get one.
    package var leases = 1 << 20
    /// How long a lease may be, in seconds.
    package var longestLease: Double = 86_400

    /// How many bytes of replies are gathered before they should be written.
    package var replies = 1 << 20

    /// How much memory the items may take that one value in a request is made into where it is gone
    /// through, as by `list.extend`, in bytes.
    ///
    /// More is allowed where the request is large itself: ``expansionFactor`` times its bytes.
    static let expansion = 1 << 28
    /// How many times as much memory as its bytes in the request the items of a value may take.
    static let expansionFactor = 32

    /// When the dead hold nothing any more. Not a limit, but as little a matter of the wire.
    package var releaseRule = ReleaseRule.died

    package init() {}
}
