public import Connections

// The names of CPython's context objects, so that a part of a program that is given a context needs
// nothing else.  Only processes and pools depend on the method; what is shared works by all.
extension ProcessContext {
    /// Makes a pool whose workers are started by this method: see ``ProcessPool``.
    ///
    /// - Parameters: as for ``ProcessPool/init(processes:initializer:maxTasksPerChild:context:)``.
    /// - Throws: ``ProcessError``, as there.
    public func pool(
        processes: Int? = nil, initializer: (any ProcessTarget)? = nil,
        maxTasksPerChild: Int? = nil
    ) throws(ProcessError) -> ProcessPool {
        try ProcessPool(
            processes: processes, initializer: initializer, maxTasksPerChild: maxTasksPerChild,
            context: self)
    }

    /// Makes two connections that are each other's peer: see `Connection.pipe(duplex:)`.
    ///
    /// - Throws: `ConnectionError`: `.tooManyDescriptors`, `.system`.
    public func pipe(
        duplex: Bool = true
    ) throws(ConnectionError) -> (Connection, Connection) {
        try Connection.pipe(duplex: duplex)
    }

    // MARK: Queues

    /// Makes a ``ProcessQueue``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func queue<Element: Codable & Sendable>(
        of element: Element.Type = Element.self, maxsize: Int = 0
    ) throws(ProcessError) -> ProcessQueue<Element> {
        try ProcessQueue(maxsize: maxsize)
    }

    /// Makes a ``JoinableQueue``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func joinableQueue<Element: Codable & Sendable>(
        of element: Element.Type = Element.self, maxsize: Int = 0
    ) throws(ProcessError) -> JoinableQueue<Element> {
        try JoinableQueue(maxsize: maxsize)
    }

    /// Makes a ``SimpleQueue``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func simpleQueue<Element: Codable & Sendable>(
        of element: Element.Type = Element.self
    ) throws(ProcessError) -> SimpleQueue<Element> {
        try SimpleQueue()
    }

    // MARK: Synchronization

    /// Makes a ``Lock``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func lock() throws(ProcessError) -> Lock { try Lock() }

    /// Makes an ``RLock``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func rlock() throws(ProcessError) -> RLock { try RLock() }

    /// Makes a ``Semaphore``.
    ///
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public func semaphore(_ value: Int = 1) throws(ProcessError) -> Semaphore {
        try Semaphore(value)
    }

    /// Makes a ``BoundedSemaphore``.
    ///
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public func boundedSemaphore(_ value: Int = 1) throws(ProcessError) -> BoundedSemaphore {
        try BoundedSemaphore(value)
    }

    /// Makes a ``Condition``.
    ///
    /// - Parameter lock: its lock; nil for one of its own.
    /// - Throws: ``ProcessError`` with `system`.
    public func condition(lock: RLock? = nil) throws(ProcessError) -> Condition {
        guard let lock else { return try Condition() }
        return try Condition(lock)
    }

    /// Makes an ``Event``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func event() throws(ProcessError) -> Event { try Event() }

    /// Makes a ``Barrier``.
    ///
    /// - Parameters: as for ``Barrier/init(parties:action:timeout:)``.
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public func barrier(
        parties: Int, action: (any ProcessTarget)? = nil, timeout: Duration? = nil
    ) throws(ProcessError) -> Barrier {
        try Barrier(parties: parties, action: action, timeout: timeout)
    }

    // MARK: Shared values

    /// Makes a ``SharedValue``.
    ///
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public func value<Value: BitwiseCopyable & Sendable>(
        _ value: Value, lock: RLock? = nil
    ) throws(ProcessError) -> SharedValue<Value> {
        try SharedValue(value, lock: lock)
    }

    /// Makes a ``SharedArray``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func array<Element: BitwiseCopyable & Sendable>(
        _ elements: some Collection<Element>, lock: RLock? = nil
    ) throws(ProcessError) -> SharedArray<Element> {
        try SharedArray(elements, lock: lock)
    }

    /// Makes a ``RawSharedValue``.
    ///
    /// - Throws: ``ProcessError`` with `invalidArgument`, `system`.
    public func rawValue<Value: BitwiseCopyable & Sendable>(
        _ value: Value
    ) throws(ProcessError) -> RawSharedValue<Value> {
        try RawSharedValue(value)
    }

    /// Makes a ``RawSharedArray``.
    ///
    /// - Throws: ``ProcessError`` with `system`.
    public func rawArray<Element: BitwiseCopyable & Sendable>(
        _ elements: some Collection<Element>
    ) throws(ProcessError) -> RawSharedArray<Element> {
        try RawSharedArray(elements)
    }
}
