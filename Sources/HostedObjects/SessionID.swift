/// One client connection as the core knows it. A slot is used again, a serial is not.
package struct SessionID: Hashable, Sendable {
    let slot: UInt32
    let serial: UInt32

    /// A small number that no two living sessions share.
    package var place: Int { Int(slot) }
}

/// What the core keeps of a connection.
struct Session {
    /// Which of the connections that had this slot; 0 while nobody has it.
    var serial: UInt32
    /// Whether it sends calls, `(ident, method, args, kwds)`, or still owes its one request.
    var isServing = false
    /// The call that waits for its outcome. Replies come in order, so nothing overtakes it.
    var waiter: WaiterID?
    /// The objects that die with the session's hold on them (RLock).
    var holdings: [ObjectID] = []
}
