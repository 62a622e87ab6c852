package import Pickle

/// A call that waits, by its place in the ``WaiterTable``.
package struct WaiterID: Hashable, Sendable {
    let slot: Int
    let serial: UInt32
}

/// A line of waiters that belongs to an object, first come, first served.
package struct WaiterListID: Hashable, Sendable {
    let slot: Int
}

/// What a waiter's caller is told when its time is up.
package enum TimeUp: Sendable, Hashable {
    case returns(Bool)
    case returnsNone
    case raises(Failure)
    /// The object decides: ``HostedObject/timeIsUp(for:_:)``.
    case asks
}

/// How a call goes on that waits for a condition: it is answered once it has the lock again.
package struct Resumption: Sendable, Hashable {
    /// How often it held the lock.
    let depth: Int
    /// Whether it was notified, which is what it returns.
    var isNotified = false

    /// What the answer gives away.
    var receipt: Receipt.Kind { .resumption(isNotified: isNotified) }
}

/// A call that waits: for whom, in which line, until when, and what it brought along.
package struct Waiter: Sendable {
    /// Who waits.
    package let session: SessionID
    /// The object that is waited for.
    package let object: ObjectID
    /// The object that was called: a condition, for one that waits for its lock.
    let asked: ObjectID
    /// Whether it is `create`, which is on no object yet.
    var isCreating: Bool { object == .none }
    /// What a `put` that waits for room will put.
    package let item: PickledValue?
    let timeUp: TimeUp
    var deadline: Instant?
    var list: WaiterListID
    let serial: UInt32
    /// Under which tag its call came, if it came with one.
    let tag: UInt32?
    /// What its call needs the right to.
    let need: Rights.Access
    /// How it asks for a grant, if it wants its token.
    let terms: GrantTerms?
    /// Under which token it was called, if under one; else 0.
    let fence: Int
    /// For a condition's waiter.
    var resumption: Resumption?
    var previous = -1
    var next = -1
    /// The place in the heap of deadlines.
    var heapIndex = -1
}
