extension ChildProcess {
    /// The child, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(child: self) }

    /// A child whose calls return when they are done: see ``ChildProcess/blocking-swift.property``.
    public struct Blocking: Sendable {
        fileprivate let child: ChildProcess

        /// Starts it, and returns when it has been told what to do.
        ///
        /// - Throws: ``ProcessError``, as ``ChildProcess/start()``.
        public func start() throws {
            try waitHere { [child] in try await child.start() }
        }

        /// Waits until it has ended.
        ///
        /// - Parameter timeout: how long to wait; nil for as long as it takes.
        /// - Returns: whether it has ended; false when the time is over.
        /// - Throws: ``ProcessError``, as ``ChildProcess/join(timeout:)``.
        @discardableResult
        public func join(timeout: Duration? = nil) throws -> Bool {
            try waitHere { [child] in try await child.join(timeout: timeout) }
        }
    }
}
