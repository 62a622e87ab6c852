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
    case raises(Failure)
}

/// A call that waits: for whom, in which line, until when, and what it brought along.
package struct Waiter: Sendable {
    /// Who waits.
    package let session: SessionID
    /// The object that is waited for.
    package let object: ObjectID
    /// What a `put` that waits for room will put.
    package let item: PickledValue?
    let timeUp: TimeUp
    let deadline: Instant?
    let list: WaiterListID
    let serial: UInt32
    var previous = -1
    var next = -1
    /// The place in the heap of deadlines.
    var heapIndex = -1
}
