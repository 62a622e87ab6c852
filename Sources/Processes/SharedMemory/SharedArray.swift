/// An array in memory that processes share, of a fixed length, with a lock: CPython's `Array`.
///
/// ```swift
/// let counts = try SharedArray(repeating: 0, count: 10)
/// try await counts.withLock { $0[3] += 1 }
/// ```
///
/// All copies are the same array, also in another process: see ``Lock``.  The type of its elements
/// is as that of a ``SharedValue``.
public struct SharedArray<Element: BitwiseCopyable & Sendable>: Sendable, Codable {
    private let cell: SharedCell<Element>

    /// Makes one of equal elements.
    ///
    /// - Parameter lock: the lock to use; nil for one of its own.
    /// - Throws: ``ProcessError`` with `invalidArgument` for a negative count, `system`.
    public init(
        repeating element: Element, count: Int, lock: RLock? = nil
    ) throws(ProcessError) {
        cell = try SharedCell(count: count, lock: lock, name: "array")
        unsafe cell.elements.initialize(repeating: element)
    }

    /// Makes one of elements.
    ///
    /// - Parameter lock: the lock to use; nil for one of its own.
    /// - Throws: ``ProcessError`` with `system`.
    public init(
        _ elements: some Collection<Element>, lock: RLock? = nil
    ) throws(ProcessError) {
        cell = try SharedCell(count: elements.count, lock: lock, name: "array")
        _ = unsafe cell.elements.initialize(from: elements)
    }

    /// The lock: `array.get_lock()`.
    public var lock: RLock { cell.lock }

    /// The array without the lock: `Array(…, lock=False)`, or `array.get_obj()`.
    public var raw: RawSharedArray<Element> { RawSharedArray(cell) }

    /// How many elements there are.
    public var count: Int { cell.count }

    /// The element at an index; those below zero count from the end.
    ///
    /// - Throws: ``ProcessError`` with `outOfRange`, `cancelled`, `system`.
    public func get(_ index: Int) async throws(ProcessError) -> Element {
        let place = try place(index)
        try await lock.acquire()
        defer { try? lock.release() }
        return raw[place]
    }

    /// The element at an index; those below zero count from the end.
    ///
    /// - Throws: ``ProcessError`` with `outOfRange`, `cancelled`, `system`.
    public subscript(index: Int) -> Element {
        get async throws(ProcessError) { try await get(index) }
    }

    /// Sets the element at an index; those below zero count from the end.
    ///
    /// - Throws: ``ProcessError`` with `outOfRange`, `cancelled`, `system`.
    public func set(_ element: Element, at index: Int) async throws(ProcessError) {
        let place = try place(index)
        try await lock.acquire()
        defer { try? lock.release() }
        raw[place] = element
    }

    /// All elements: `array[:]`.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`.
    public func elements() async throws(ProcessError) -> [Element] {
        try await lock.acquire()
        defer { try? lock.release() }
        return raw.elements
    }

    /// Changes the elements where they lie, while holding the lock.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ProcessError`` with `timedOut`, `cancelled`, `system`; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: (inout MutableSpan<Element>) throws -> Result
    ) async throws -> Result {
        try await lock.withLock(timeout: timeout) { try raw.withMutableSpan(body) }
    }

    fileprivate func place(_ index: Int) throws(ProcessError) -> Int {
        let place = index < 0 ? index &+ count : index
        guard (0..<count).contains(place) else {
            throw ProcessError(.outOfRange, "index \(index) of \(count) elements")
        }
        return place
    }

    /// The array, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(shared: self) }

    /// An array whose calls return when they are done: see ``SharedArray/blocking``.
    public struct Blocking: Sendable {
        fileprivate let shared: SharedArray

        /// The element at an index; those below zero count from the end.
        ///
        /// - Throws: ``ProcessError`` with `outOfRange`.
        public func get(_ index: Int) throws(ProcessError) -> Element {
            let place = try shared.place(index)
            shared.lock.blocking.acquire()
            defer { try? shared.lock.release() }
            return shared.raw[place]
        }

        /// Sets the element at an index; those below zero count from the end.
        ///
        /// - Throws: ``ProcessError`` with `outOfRange`.
        public func set(_ element: Element, at index: Int) throws(ProcessError) {
            let place = try shared.place(index)
            shared.lock.blocking.acquire()
            defer { try? shared.lock.release() }
            shared.raw[place] = element
        }

        /// All elements.
        public var elements: [Element] {
            shared.lock.blocking.acquire()
            defer { try? shared.lock.release() }
            return shared.raw.elements
        }

        /// Changes the elements where they lie, while holding the lock.
        ///
        /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
        /// - Throws: ``ProcessError`` with `timedOut`; and what the body throws.
        public func withLock<Result>(
            timeout: Duration? = nil, _ body: (inout MutableSpan<Element>) throws -> Result
        ) throws -> Result {
            try shared.lock.blocking.withLock(timeout: timeout) {
                try shared.raw.withMutableSpan(body)
            }
        }
    }
}
