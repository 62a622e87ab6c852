import DequeModule
import Pickle

/// A shared first-in, first-out queue; with `task_done` and `join` a JoinableQueue too, as
/// `queue.Queue` is.
final class HostedQueue: HostedObject {
    static let typeName = "queue.Queue"

    private struct Item: Sendable {
        /// The item's place in the order of all that were ever put.
        let sequence: Int
        let value: PickledValue
    }

    private var items: Deque<Item> = []
    private let memory: StoreMemory
    /// SAFETY: exclusive access is not checked at run time: one thread is at it, and each access
    /// ends before the next begins.
    @safe @exclusivity(unchecked) private var held: HeldItems
    private var nextSequence = 0
    private let capacity: QueueCapacity
    private var isShutDown = false
    /// Whether it was shut down immediately, so that items that come back are dropped.
    private var isDrained = false
    /// How many items have been put and not been reported done.
    private var unfinished = 0
    private let getters: WaiterListID
    private let putters: WaiterListID
    private let joiners: WaiterListID

    init(_ arguments: Arguments, _ call: inout Call) throws(Failure) {
        memory = call.memory
        held = HeldItems(memory)
        capacity = try Signature.named(["maxsize"], required: 0, as: "Queue.__init__").bind(
            arguments, method: "__init__", type: "Queue"
        ) { (bound) throws(Failure) in try QueueCapacity(bound[0], of: bound) }
        getters = call.waiters.makeList()
        putters = call.waiters.makeList()
        joiners = call.waiters.makeList()
    }

    /// In the order of `dir(queue.Queue())`, in which CPython's AutoProxy exposes them.
    static let methods = MethodTable<HostedQueue>([
        Method("empty", .named([], required: 0, as: "Queue.empty"), .reads) {
            (state, _, call) throws(Failure) in
            call.return(state.items.isEmpty)
        },
        Method("full", .named([], required: 0, as: "Queue.full"), .reads) {
            (state, _, call) throws(Failure) in
            try call.return(state.capacity.isFull(with: state.items.count))
        },
        Method("get", .named(["block", "timeout"], required: 0, as: "Queue.get")) {
            (state, arguments, call) throws(Failure) in
            // Nothing is read of the arguments while there is an item: the common case.
            if arguments.count == 0, !state.items.isEmpty { return state.take(&call) }
            let isReady = !state.items.isEmpty
            guard isReady || !state.isShutDown else { throw HostedQueue.shutDown }
            let timeout = try Timeout.ofQueue(
                arguments, arguments[0], arguments[1], isReady: isReady)
            return try state.get(timeout, &call)
        },
        Method("get_nowait", .named([], required: 0, as: "Queue.get_nowait")) {
            (state, _, call) throws(Failure) in
            try state.get(.zero, &call)
        },
        Method("join", .named([], required: 0, as: "Queue.join"), .reads) {
            (state, _, call) throws(Failure) in
            guard state.unfinished > 0 else { return call.returnNone() }
            return try call.park(in: state.joiners, seconds: nil, timeUp: .returns(false))
        },
        Method("put", .named(["item", "block", "timeout"], required: 1, as: "Queue.put")) {
            (state, arguments, call) throws(Failure) in
            guard let item = arguments[0] else { throw .type("an item is missing") }
            let value = try arguments.value(item)
            let mustWait = try state.mustWait()
            // A queue without a limit does not look at the other arguments.
            guard mustWait || state.capacity.isLimited else {
                return try state.append(value, &call)
            }
            let timeout = try Timeout.ofQueue(
                arguments, arguments[1], arguments[2], isReady: !mustWait)
            return try state.put(value, timeout, &call)
        },
        Method("put_nowait", .named(["item"], required: 1, as: "Queue.put_nowait")) {
            (state, arguments, call) throws(Failure) in
            guard let item = arguments[0] else { throw .type("an item is missing") }
            return try state.put(try arguments.value(item), .zero, &call)
        },
        Method("qsize", .named([], required: 0, as: "Queue.qsize"), .reads) {
            (state, _, call) throws(Failure) in
            call.return(state.items.count)
        },
        Method("shutdown", .named(["immediate"], required: 0, as: "Queue.shutdown")) {
            (state, arguments, call) throws(Failure) in
            state.shutDown(immediately: try arguments[0].map(arguments.isTrue) ?? false, &call)
            return call.returnNone()
        },
        Method("task_done", .named([], required: 0, as: "Queue.task_done")) {
            (state, _, call) throws(Failure) in
            try state.taskDone(&call)
            return call.returnNone()
        },
    ])

    private static let empty = Failure(module: "_queue", name: "Empty")
    private static let full = Failure(module: "queue", name: "Full")
    private static let shutDown = Failure(module: "queue", name: "ShutDown")

    private var isFull: Bool { (try? capacity.isReached(by: items.count)) ?? false }

    // MARK: Getting

    private func get(_ timeout: Timeout, _ call: inout Call) throws(Failure) -> Outcome {
        guard items.isEmpty else { return take(&call) }
        guard !isShutDown else { throw Self.shutDown }
        guard !timeout.isZero else { throw Self.empty }
        return try call.park(in: getters, seconds: timeout.seconds, timeUp: .raises(Self.empty))
    }

    /// Returns the first item and lets the next `put` in that waits for its room.
    private func take(_ call: inout Call) -> Outcome {
        let item = items.removeFirst()
        held.add(bytes: -item.value.heldSize, count: items.count)
        if held.hasSpareRoom(for: items.count) { held.trim(&items) }
        call.give(.item(item.value, sequence: item.sequence))
        admit(&call)
        return call.return(item.value)
    }

    private func admit(_ call: inout Call) {
        guard !isFull, let putter = call.answerFirst(of: putters, .none) else { return }
        if let value = putter.item { enqueue(value, &call) }
    }

    // MARK: Putting

    /// Whether a `put` has to wait for room.
    private func mustWait() throws(Failure) -> Bool {
        guard !isShutDown else { throw Self.shutDown }
        return try capacity.isReached(by: items.count)
    }

    private func put(
        _ value: PickledValue, _ timeout: Timeout, _ call: inout Call
    ) throws(Failure) -> Outcome {
        guard try mustWait() else { return try append(value, &call) }
        guard !timeout.isZero else { throw Self.full }
        // What waits for room is counted with what is held in all; it must fit in here alone.
        try held.check(bytes: value.heldSize, count: 0)
        return try call.park(
            in: putters, seconds: timeout.seconds, timeUp: .raises(Self.full), item: value)
    }

    private func append(_ value: PickledValue, _ call: inout Call) throws(Failure) -> Outcome {
        if call.waiters.isEmpty(getters) {
            let count = items.count + 1
            guard count <= memory.queueLimit else {
                throw .overLimit(.queueLength, "\(memory.queueLimit) items a queue")
            }
            try held.check(bytes: value.heldSize, count: count)
        }
        enqueue(value, &call)
        return call.returnNone()
    }

    private func enqueue(_ value: PickledValue, _ call: inout Call) {
        unfinished += 1
        let item = Item(sequence: nextSequence, value: value)
        nextSequence += 1
        guard !give(item, &call) else { return }
        items.append(item)
        held.add(bytes: value.heldSize, count: items.count)
    }

    /// Gives an item to whoever has waited longest for one; false if nobody waits.
    private func give(_ item: Item, _ call: inout Call) -> Bool {
        call.answerFirst(
            of: getters, item.value, gives: .item(item.value, sequence: item.sequence)) != nil
    }

    /// An item whose receiver is gone goes back to its place at the head.
    func undo(_ receipt: Receipt.Kind, _ call: inout Call) {
        guard case .item(let value, let sequence) = receipt else { return }
        let item = Item(sequence: sequence, value: value)
        guard !give(item, &call) else { return }
        guard !isDrained else { return dropped(1, &call) }
        items.insert(item, at: items.partitioningIndex { $0.sequence > sequence })
        held.add(bytes: value.heldSize, count: items.count)
    }

    // MARK: Joining

    private func taskDone(_ call: inout Call) throws(Failure) {
        guard unfinished > 0 else { throw .value("task_done() called too many times") }
        dropped(1, &call)
    }

    /// So many items need no `task_done` any more.
    private func dropped(_ count: Int, _ call: inout Call) {
        unfinished = max(0, unfinished - count)
        if unfinished == 0 { call.answerAll(of: joiners, .none) }
    }

    // MARK: Shutting down

    /// Refuses what comes; who waits is told. What is there may be taken still, unless immediately.
    private func shutDown(immediately: Bool, _ call: inout Call) {
        isShutDown = true
        if immediately {
            isDrained = true
            let count = items.count
            held.add(bytes: -items.lazy.map(\.value).heldSize, count: 0)
            items.removeAll()
            if held.hasSpareRoom(for: items.count) { held.trim(&items) }
            dropped(count, &call)
        }
        for line in [getters, putters] { call.failAll(in: line, Self.shutDown) }
    }

    // MARK: Looking

    func value(_ call: inout Call) throws(Failure) {
        throw .unpicklable("_thread.lock")
    }

    func repr(_ call: inout Call) throws(Failure) -> String {
        "<queue.Queue object at 0x\(call.object.ident)>"
    }

    var contents: [PickledValue] { items.map(\.value) }
    var waiterLists: [WaiterListID] { [getters, putters, joiners] }
}
