import Pickle

/// A shared condition: calls wait, without its lock, until whoever has the lock notifies them.
///
/// ```text
/// waiter                  notifier
/// 1  acquire()
/// 2  wait()                                the lock is given up, however often it was acquired
/// 3                       acquire()
/// 4                       notify()         the waiter moves to the end of the lock's line
/// 5                       release()        the waiter has the lock again, as often as before,
/// 6  True                                  and only now its call returns
/// ```
///
/// A waiter whose connection ends is gone. Had it been notified, the notification passes on to the
/// next: it is not lost with the dead.
///
/// - Note: In CPython a condition of an RLock's *proxy* cannot be waited for, because the server
///   calls the proxy itself and so owns the lock. Here its owner is who acquired it.
final class HostedCondition: HostedObject {
    static let typeName = "threading.Condition"

    private let lock: any ConditionLock
    /// The lock's proxy and its id, if the lock is an object of its own.
    private let other: (proxy: PickledValue, id: ObjectID)?
    private let line: WaiterListID

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        let signature = Signature.named(["lock"], required: 0, as: "Condition.__init__")
        let other = try signature.bind(arguments, method: "__init__", type: "Condition") {
            (bound) throws(Failure) -> (proxy: PickledValue, id: ObjectID)? in
            guard let slice = bound[0], slice.kind != .none else { return nil }
            return (try bound.value(slice), try bound.lockID(slice, call))
        }
        // Who may use the condition may use its lock, and has that from who made it.
        if let id = other?.id { try call.permit(.changing, id) }
        self.other = other
        if let id = other?.id, let lock = call.table[id] as? any ConditionLock {
            self.lock = lock
        } else {
            lock = HostedRLock(.none, &call)
        }
        line = call.waiters.makeList()
    }

    static let methods = MethodTable<HostedCondition>([
        Method("acquire", .keywords(["blocking", "timeout"], as: "acquire")) {
            (state, arguments, call) throws(Failure) in
            let timeout = try Timeout.ofLock(arguments, arguments[0], arguments[1])
            return try state.withLock(&call) { (lock, call) throws(Failure) in
                try lock.acquire(timeout, as: nil, &call)
            }
        },
        Method("release", .any) { (state, arguments, call) throws(Failure) in
            // The messages are those of the lock, whose method it is.
            try Signature.none.bind(
                arguments, method: "release", type: state.lock.typeName
            ) { _ in }
            try state.withLock(&call) { (lock, call) throws(Failure) in try lock.release(&call) }
            return call.returnNone()
        },
        Method("wait", .named(["timeout"], required: 0, as: "Condition.wait")) {
            (state, arguments, call) throws(Failure) in
            guard state.lock.isOwned(by: call.caller) else {
                throw .runtime("cannot wait on un-acquired lock")
            }
            return try state.wait(try Timeout.ofWait(arguments, arguments[0]), &call)
        },
        Method("notify", .named(["n"], required: 0, as: "Condition.notify")) {
            (state, arguments, call) throws(Failure) in
            try state.checkNotifier(call)
            try state.notify(arguments, &call)
            return call.returnNone()
        },
        Method("notify_all", .named([], required: 0, as: "Condition.notify_all")) {
            (state, _, call) throws(Failure) in
            try state.checkNotifier(call)
            while state.notifyFirst(&call) {}
            return call.returnNone()
        },
        Method("locked", .none, .reads, isListed: false) { (state, _, call) throws(Failure) in
            call.return(state.lock.isLocked)
        },
    ])

    /// Does something with the lock, as if that had been called itself.
    private func withLock<Result, Thrown: Error>(
        _ call: inout Call,
        _ body: (any ConditionLock, inout Call) throws(Thrown) -> Result
    ) throws(Thrown) -> Result {
        let own = call.object
        defer { call.object = own }
        if let other { call.object = other.id }
        return try body(lock, &call)
    }

    // MARK: Waiting

    private func wait(_ timeout: Timeout, _ call: inout Call) throws(Failure) -> Outcome {
        try call.checkWaiting()
        let depth = withLock(&call) { $0.releaseWholly(&$1) }
        let resumption = Resumption(depth: depth)
        guard timeout.isZero else {
            return try call.park(
                in: line, seconds: timeout.seconds, timeUp: .asks, resumption: resumption)
        }
        // Also who does not wait lets others have the lock first.
        let session = call.caller
        guard withLock(&call, { $0.take(for: session, depth: depth, &$1) }) else {
            return try call.park(
                in: lock.line, seconds: nil, timeUp: .returns(false), resumption: resumption)
        }
        call.give(resumption.receipt)
        return call.return(false)
    }

    func timeIsUp(for waiter: WaiterID, _ call: inout Call) {
        resume(waiter, isNotified: false, &call)
    }

    /// Lets a waiter wait for the lock.
    private func resume(_ id: WaiterID, isNotified: Bool, _ call: inout Call) {
        guard var resumption = call.waiters[id]?.resumption else { return }
        resumption.isNotified = isNotified
        call.waiters.move(id, to: lock.line, resumption)
        withLock(&call) { $0.admit(&$1) }
    }

    // MARK: Notifying

    private func checkNotifier(_ call: Call) throws(Failure) {
        guard lock.isOwned(by: call.caller) else {
            throw .runtime("cannot notify on un-acquired lock")
        }
    }

    /// `notify(n=1)`: `n` is looked at only while somebody waits.
    private func notify(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        guard !call.waiters.isEmpty(line) else { return }
        guard let slice = arguments[0] else {
            _ = notifyFirst(&call)
            return
        }
        var count = try Number(slice, of: arguments, comparedBy: ">")
        while count.isAbove(0), notifyFirst(&call) { count = try count.adding(.int(-1)) }
    }

    /// Notifies who has waited longest; false if nobody waits.
    private func notifyFirst(_ call: inout Call) -> Bool {
        guard let first = call.waiters.first(line) else { return false }
        resume(first, isNotified: true, &call)
        return true
    }

    // MARK: The dead

    func lost(_ waiter: Waiter, _ call: inout Call) {
        if waiter.resumption?.isNotified == true { _ = notifyFirst(&call) }
    }

    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        guard case .resumption(let wasNotified) = receipt else {
            return withLock(&call) { $0.undo(receipt, &$1) }
        }
        if lock.isHeld(by: call.caller) { _ = withLock(&call) { $0.releaseWholly(&$1) } }
        if wasNotified { _ = notifyFirst(&call) }
    }

    func bereaved(of owner: OwnerID, isDeath: Bool, _ call: inout Call) {
        // Another object is told by itself.
        if other == nil { lock.bereaved(of: owner, isDeath: isDeath, &call) }
    }

    // MARK: Looking

    func value(_ call: inout Call) throws(Failure) {
        try lock.value(&call)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        let lock = try withLock(&call) { (lock, call) throws(Failure) in try lock.repr(&call) }
        return "<Condition(\(lock), \(call.waiters.count(of: line)))>"
    }

    var contents: [PickledValue] { other.map { [$0.proxy] } ?? [] }
    var waiterLists: [WaiterListID] { [line] + (other == nil ? lock.waiterLists : []) }
    var foreignLists: [WaiterListID] { other == nil ? [] : lock.waiterLists }
}

extension Arguments {
    /// The id of the lock whose proxy an argument is.
    fileprivate func lockID(_ slice: PickleSlice, _ call: Call) throws(Failure) -> ObjectID {
        let value = try decoded(slice)
        guard let reference = value.proxyReference else {
            throw .attribute(value.nameOfType, .str("acquire"))
        }
        guard let id = ObjectID(reference.token.id), let object = call.table[id] else {
            throw Failure("ReferenceError", "this manager has no object \(reference.token.id)")
        }
        guard object.exposed.contains("acquire") else {
            throw .attribute(value.nameOfType, .str("acquire"))
        }
        guard object is any ConditionLock else {
            throw .type("a condition's lock must be a Lock or an RLock, not a \(object.typeName)")
        }
        return id
    }
}
