/// A value in memory that processes share, with a lock: CPython's `Value`.
///
/// ```swift
/// let total = try SharedValue(0)
/// try await total.withLock { $0 += 1 }
/// ```
///
/// All copies are the same value, also in another process: see ``Lock``.  The type is one whose
/// bytes are all there is to it: numbers, and structures and tuples of them; an address in it means
/// nothing to another process.
///
/// Where a process was killed while it changed the value, `lock.ownerDied` tells the next one.
public struct SharedValue<Value: BitwiseCopyable & Sendable>: Sendable, Codable {
    private let cell: SharedCell<Value>

    /// Makes one.
    ///
    /// - Parameters:
    ///   - value: what it begins with.
    ///   - lock: the lock to use; nil for one of its own.
    /// - Throws: ``ProcessError`` with `invalidArgument` for a type that wants to lie at a multiple
    ///   of more than 64 bytes, `system`.
    public init(_ value: Value, lock: RLock? = nil) throws(ProcessError) {
        cell = try SharedCell(count: 1, lock: lock, name: "value")
        unsafe cell.elements.initialize(repeating: value)
    }

    /// The lock: `value.get_lock()`.
    public var lock: RLock { cell.lock }

    /// The value.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`.
    public func get() async throws(ProcessError) -> Value {
        try await lock.acquire()
        defer { try? lock.release() }
        return raw.value
    }

    /// The value.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`.
    public var value: Value {
        get async throws(ProcessError) { try await get() }
    }

    /// Sets the value.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`.
    public func set(_ value: Value) async throws(ProcessError) {
        try await lock.acquire()
        defer { try? lock.release() }
        raw.value = value
    }

    /// Changes the value while holding the lock.
    ///
    /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
    /// - Throws: ``ProcessError`` with `timedOut`, `cancelled`, `system`; and what the body throws.
    public func withLock<Result>(
        timeout: Duration? = nil, _ body: (inout Value) throws -> Result
    ) async throws -> Result {
        try await lock.withLock(timeout: timeout) { try body(&raw.value) }
    }

    /// The value without the lock: `Value(…, lock=False)`, or `value.get_obj()`.
    public var raw: RawSharedValue<Value> { RawSharedValue(cell) }

    /// The value, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(shared: self) }

    /// A value whose calls return when they are done: see ``SharedValue/blocking``.
    public struct Blocking: Sendable {
        fileprivate let shared: SharedValue

        /// The value.
        public var value: Value {
            get {
                shared.lock.blocking.acquire()
                defer { try? shared.lock.release() }
                return shared.raw.value
            }
            nonmutating set {
                shared.lock.blocking.acquire()
                defer { try? shared.lock.release() }
                shared.raw.value = newValue
            }
        }

        /// Changes the value while holding the lock.
        ///
        /// - Parameter timeout: how long to wait for the lock; nil for as long as it takes.
        /// - Throws: ``ProcessError`` with `timedOut`; and what the body throws.
        public func withLock<Result>(
            timeout: Duration? = nil, _ body: (inout Value) throws -> Result
        ) throws -> Result {
            try shared.lock.blocking.withLock(timeout: timeout) { try body(&shared.raw.value) }
        }
    }
}

/// A value in memory that processes share, without a lock: CPython's `RawValue`.
///
/// Whoever reads it while another process writes may get some bytes of the old value and some of
/// the new one.
public struct RawSharedValue<Value: BitwiseCopyable & Sendable>: Sendable, Codable {
    private let cell: SharedCell<Value>

    /// Makes one.
    ///
    /// - Throws: ``ProcessError`` with `invalidArgument` for a type that wants to lie at a multiple
    ///   of more than 64 bytes, `system`.
    public init(_ value: Value) throws(ProcessError) {
        self.init(try SharedCell(count: 1, lock: nil, name: "value"))
        self.value = value
    }

    fileprivate init(_ cell: SharedCell<Value>) {
        self.cell = cell
    }

    /// The value.
    public var value: Value {
        get { unsafe cell.elements[0] }
        nonmutating set { unsafe cell.elements[0] = newValue }
    }
}
