internal import Pickle
internal import Sockets

/// A first-in, first-out queue that processes share: CPython's `multiprocessing.Queue`.
///
/// ```swift
/// let queue = try ProcessQueue<String>()
/// let child = ChildProcess(Worker(queue: queue))
/// try await child.start()
/// try await queue.put("work")
/// ```
///
/// It travels as part of a child's target, or through a connection of this host.  Any number of
/// processes put and get; the items of each come in the order in which it put them.
///
/// An item is pickled and lies in shared memory.  Where a queue has no `maxsize`, `put` never waits
/// for a reader: what finds no room there stays in this process, and a thread, the feeder, moves it
/// on.  When a process ends by `exit` or by returning from `main`, it waits until that is done,
/// unless ``cancelJoinFeeder()`` was called.
///
/// A process that is killed in the middle of a put or a get corrupts nothing and holds up nobody.
/// Lost is what it had put and the feeder had not moved on, and the item that it was just taking;
/// ``lostCount`` tells of that.
///
/// - Note: CPython pickles in its feeder, and prints what goes wrong there; here `put` throws it.
///   Locks, connections and other objects that travel with a target do not travel through a queue,
///   as in CPython.
// SAFETY: the class has no state but what is constant and Sendable, and so has its only subclass.
public class ProcessQueue<Element: Codable & Sendable>: Codable, @unchecked Sendable {
    let end: QueueEnd

    /// Makes an empty queue.
    ///
    /// - Parameter maxsize: how many items there may be; 0 for any number.  Where long items wait
    ///   in several processes for room in shared memory, each counts its own.
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init(maxsize: Int = 0) throws(ProcessError) {
        end = QueueEnd(try QueueRing(maxsize: maxsize))
    }

    deinit {
        end.close()
    }

    // MARK: Getting

    /// Waits for the first item and takes it.
    ///
    /// Neither the deadline nor a cancellation loses an item. (One that is no `Element` is taken,
    /// and thrown away as an `encoding` error.)
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.  The rest of a long item
    ///   of which the beginning has come is waited for in any case, as long as its writer lives.
    /// - Throws: ``ProcessError``: `timedOut` where the queue stayed empty, `closed`, `cancelled`,
    ///   `encoding`, `malformed`, `system`.
    public func get(timeout: Duration? = nil) async throws(ProcessError) -> Element {
        try element(try await end.take(until: MonotonicClock.deadline(after: timeout)))
    }

    /// Takes the first item; nil where there is none, or somebody else takes it just now.
    ///
    /// - Throws: ``ProcessError``: `closed`, `encoding`, `malformed`.
    public func getNoWait() throws(ProcessError) -> Element? {
        guard let item = try end.takeNoWait() else { return nil }
        return try element(item)
    }

    // MARK: Putting

    /// Appends an item, once there are fewer than `maxsize`.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Throws: ``ProcessError``: `timedOut` where the queue stayed full, `closed`, `cancelled`,
    ///   `encoding` where the item cannot be pickled or is longer than 1 GiB, `system`.
    public func put(_ item: Element, timeout: Duration? = nil) async throws(ProcessError) {
        try await end.put(try bytes(of: item), until: MonotonicClock.deadline(after: timeout))
    }

    /// Appends an item if there are fewer than `maxsize`.
    ///
    /// - Returns: whether there were.
    /// - Throws: ``ProcessError``: `closed`, `encoding`, `system`.
    public func putNoWait(_ item: Element) throws(ProcessError) -> Bool {
        try end.putNoWait(try bytes(of: item))
    }

    // MARK: Looking

    /// How many items there are, as it was at some moment; of those that wait for room only those
    /// of this process are known.
    public var count: Int { end.count }

    /// Whether there were no items, at some moment.
    public var isEmpty: Bool { end.isEmpty }

    /// Whether there were as many items as there may be, at some moment.
    public var isFull: Bool { end.isFull }

    /// How many items were lost with processes that were killed in the middle of taking or putting
    /// them, as far as others have seen that.
    public var lostCount: Int { end.ring.lostCount }

    // MARK: Ending

    /// Nothing more is put or taken here, and whoever waits gets `closed`; what was put still goes.
    /// Other processes are not concerned.
    ///
    /// Ending the last reference does the same.
    public func close() {
        end.close()
    }

    /// Returns when all that was put here lies in shared memory: CPython's `join_thread`.
    ///
    /// - Throws: ``ProcessError``: `cancelled`.
    /// - Note: CPython's can be called only after `close`.
    public func joinFeeder() async throws(ProcessError) {
        try await end.joinFeeder()
    }

    /// Lets this process end without waiting for the feeder; then what it has not moved on is lost:
    /// CPython's `cancel_join_thread`.
    public func cancelJoinFeeder() {
        end.freeExit()
    }

    // MARK: Travelling

    /// Takes the queue out of the luggage that came with a message or at the start of this process.
    ///
    /// - Throws: `DecodingError` where none came; ``ProcessError`` with `malformed` where it is
    ///   something else.
    public required init(from decoder: any Decoder) throws {
        end = QueueEnd(try QueueRing(from: decoder))
    }

    /// Puts the queue into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where it is for no process of this host.
    public func encode(to encoder: any Encoder) throws {
        try end.ring.encode(to: encoder)
    }
}

extension ProcessQueue {
    func element(_ item: [UInt8]) throws(ProcessError) -> Element {
        try item.decodedItem()
    }

    func bytes(of item: Element) throws(ProcessError) -> [UInt8] {
        try .init(item: item)
    }
}
