internal import Sockets

extension ProcessQueue {
    /// The queue for plain threads, which its calls hold up.  It must not be used from tasks.
    public var blocking: Blocking { Blocking(queue: self) }

    /// A queue for plain threads.
    public struct Blocking: Sendable {
        fileprivate let queue: ProcessQueue

        /// Waits for the first item and takes it.
        ///
        /// - Parameter timeout: how long to wait; nil for as long as it takes.
        /// - Throws: ``ProcessError`` as the queue's own `get`.
        public func get(timeout: Duration? = nil) throws(ProcessError) -> Element {
            try queue.element(
                try queue.end.takeBlocking(until: MonotonicClock.deadline(after: timeout)))
        }

        /// Appends an item, once there are fewer than `maxsize`.
        ///
        /// - Parameter timeout: how long to wait; nil for as long as it takes.
        /// - Throws: ``ProcessError`` as the queue's own `put`.
        public func put(_ item: Element, timeout: Duration? = nil) throws(ProcessError) {
            try queue.end.putBlocking(
                try queue.bytes(of: item), until: MonotonicClock.deadline(after: timeout))
        }

        /// Returns when all that was put here lies in shared memory.
        ///
        /// - Throws: ``ProcessError``: `system` where there is no descriptor left.
        public func joinFeeder() throws(ProcessError) {
            try queue.end.joinFeederBlocking()
        }
    }
}
