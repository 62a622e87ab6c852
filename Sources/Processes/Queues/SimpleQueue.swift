internal import Sockets

/// A queue with little to it: CPython's `multiprocessing.SimpleQueue`.
///
/// `put` returns when the item lies in shared memory, and so waits for a reader where there is no
/// room; otherwise it is a ``ProcessQueue``.
public final class SimpleQueue<Element: Codable & Sendable>: Codable, Sendable {
    fileprivate let end: QueueEnd

    /// Makes an empty queue.
    ///
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init() throws(ProcessError) {
        end = QueueEnd(try QueueRing(maxsize: 0))
    }

    deinit {
        end.close()
    }

    /// Waits for the first item and takes it.
    ///
    /// - Throws: ``ProcessError``: `closed`, `cancelled`, `encoding`, `malformed`, `system`.
    public func get() async throws(ProcessError) -> Element {
        try await end.take(until: .max).decodedItem()
    }

    /// Appends an item.  A cancelled put has put it all the same.
    ///
    /// - Throws: ``ProcessError``: `closed`, `cancelled`, `encoding`, `system`.
    public func put(_ item: Element) async throws(ProcessError) {
        try await end.put(try .init(item: item), until: .max)
        try await end.joinFeeder()
    }

    /// The queue for plain threads, which its calls hold up.  It must not be used from tasks.
    public var blocking: Blocking { Blocking(queue: self) }

    /// A queue for plain threads.
    public struct Blocking: Sendable {
        fileprivate let queue: SimpleQueue

        /// Waits for the first item and takes it.
        ///
        /// - Throws: ``ProcessError`` as the queue's own `get`.
        public func get() throws(ProcessError) -> Element {
            try queue.end.takeBlocking(until: .max).decodedItem()
        }

        /// Appends an item, and returns when it lies in shared memory.
        ///
        /// - Throws: ``ProcessError`` as the queue's own `put`.
        public func put(_ item: Element) throws(ProcessError) {
            try queue.end.putBlocking(try .init(item: item), until: .max)
            try queue.end.joinFeederBlocking()
        }
    }

    /// Whether there were no items, at some moment.
    public var isEmpty: Bool { end.isEmpty }

    /// Nothing more is put or taken here, and whoever waits gets `closed`.
    public func close() {
        end.close()
    }

    /// Takes the queue out of the luggage that came with a message or at the start of this process.
    ///
    /// - Throws: `DecodingError` where none came; ``ProcessError`` with `malformed` where it is
    ///   something else.
    public init(from decoder: any Decoder) throws {
        end = QueueEnd(try QueueRing(from: decoder))
    }

    /// Puts the queue into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where it is for no process of this host.
    public func encode(to encoder: any Encoder) throws {
        try end.ring.encode(to: encoder)
    }
}
