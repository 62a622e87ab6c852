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
    var id = ObjectID.none {
        // Its own lock has no place in the table.
        didSet { if ownsLock { lock.id = id } }
    }
    static let typeName = "threading.Condition"

    private let lock: any ConditionLock
    private let ownsLock: Bool
    /// The proxy of the lock, if that is another object's.
    private let proxy: PickledValue?
    private let line: WaiterListID

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        let bound = try Signature.named(["lock"], required: 0, as: "Condition.__init__").bind(
            arguments, method: "__init__", type: "Condition")
        if let slice = bound[0], slice.kind != .none {
            lock = try bound.lock(slice, call)
            proxy = try bound.value(slice)
        } else {
            lock = HostedRLock(.none, &call)
            proxy = nil
        }
        ownsLock = proxy == nil
        line = call.waiters.makeList()
    }

    static let methods = MethodTable<HostedCondition>([
        Method("acquire", .keywords(["blocking", "timeout"], as: "acquire")) {
            (state, arguments, call) throws(Failure) in
            let timeout = try Timeout.ofLock(arguments, arguments[0], arguments[1])
            return state.lock.acquire(timeout, &call)
        },
        Method("release", .any) { (state, arguments, call) throws(Failure) in
            // The messages are those of the lock, whose method it is.
            _ = try Signature.none.bind(
                arguments, method: "release", type: state.lock.typeName)
            try state.lock.release(&call)
            return call.returnNone()
        },
        Method("wait", .named(["timeout"], required: 0, as: "Condition.wait")) {
            (state, arguments, call) throws(Failure) in
            guard state.lock.isOwned(by: call.caller) else {
                throw .runtime("cannot wait on un-acquired lock")
            }
            return state.wait(try Timeout.ofWait(arguments, arguments[0]), &call)
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
        Method("locked", .none, isListed: false) { (state, _, call) throws(Failure) in
            call.return(state.lock.isLocked)
        },
    ])

    // MARK: Waiting

    private func wait(_ timeout: Timeout, _ call: inout Call) -> Outcome {
        let resumption = Resumption(depth: lock.releaseWholly(&call))
        guard timeout.isZero else {
            return call.park(
                in: line, seconds: timeout.seconds, timeUp: .asks, resumption: resumption)
        }
        // Also who does not wait lets others have the lock first.
        guard lock.take(for: call.caller, depth: resumption.depth, &call) else {
            return call.park(
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
        lock.admit(&call)
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
            return lock.undo(receipt, &call)
        }
        if lock.isHeld(by: call.caller) { _ = lock.releaseWholly(&call) }
        if wasNotified { _ = notifyFirst(&call) }
    }

    func ended(_ session: SessionID, _ call: inout Call) {
        if ownsLock { lock.ended(session, &call) }
    }

    // MARK: Looking

    func value(_ call: inout Call) throws(Failure) {
        try lock.value(&call)
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<Condition(\(try lock.repr(&call)), \(call.waiters.count(of: line)))>"
    }

    var contents: [PickledValue] { proxy.map { [$0] } ?? [] }
    var waiterLists: [WaiterListID] { [line] + (ownsLock ? lock.waiterLists : []) }
}

extension Arguments {
    /// The lock whose proxy an argument is.
    fileprivate func lock(
        _ slice: PickleSlice, _ call: Call
    ) throws(Failure) -> any ConditionLock {
        let value = try decoded(slice)
        guard let reference = value.proxyReference else {
            throw .attribute(value.nameOfType, .str("acquire"))
        }
        guard let object = ObjectID(reference.token.id).flatMap({ call.table[$0] }) else {
            throw Failure("ReferenceError", "this manager has no object \(reference.token.id)")
        }
        if let lock = object as? any ConditionLock { return lock }
        guard object.exposed.contains("acquire") else {
            throw .attribute(value.nameOfType, .str("acquire"))
        }
        throw .type("a condition's lock must be a Lock or an RLock, not a \(object.typeName)")
    }
}
