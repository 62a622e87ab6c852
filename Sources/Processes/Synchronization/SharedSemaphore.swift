internal import Sockets

/// What ``Semaphore`` and ``BoundedSemaphore`` have in common.
public protocol SharedSemaphore: Sendable, Codable {
    /// The permits.
    var permits: SemaphorePermits { get }
}

/// The permits of a semaphore, all copies of it, in all processes.
public struct SemaphorePermits: Sendable {
    let core: Permits
}

extension SharedSemaphore {
    /// Waits for a permit and takes it.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then none has been taken.
    public func acquire() async throws(ProcessError) {
        _ = try await permits.core.acquire(until: .max)
    }

    /// Waits for a permit and takes it, for so long at the most.
    ///
    /// - Returns: whether one has been taken; false when the time is over.
    /// - Throws: ``ProcessError`` with `cancelled`, `system`; then none has been taken.
    public func acquire(timeout: Duration) async throws(ProcessError) -> Bool {
        try await permits.core.acquire(until: MonotonicClock.deadline(after: timeout))
    }

    /// Takes a permit if there is one; whether there was.
    public func tryAcquire() -> Bool {
        permits.core.tryAcquire()
    }

    /// Gives a permit back.
    ///
    /// - Throws: ``ProcessError`` with `releasedTooOften` where a bounded semaphore would have more
    ///   than it began with, or any other more than 2³¹ − 1.
    public func release() throws(ProcessError) {
        try permits.core.release()
    }

    /// Gives several permits back: `s.release(count)`, of CPython's `threading` since 3.9.
    ///
    /// - Throws: ``ProcessError`` with `invalidArgument` for less than one, and as `release()`;
    ///   then some may have been given back.
    public func release(_ count: Int) throws(ProcessError) {
        guard count >= 1 else {
            throw ProcessError(.invalidArgument, "a release of \(count) permits")
        }
        for _ in 0..<count { try release() }
    }

    /// How many permits are free: `s.get_value()`.
    public var value: Int { permits.core.count }

    /// How many permits processes have had that ended: so often somebody else was given one back.
    ///
    /// That is known of the first 256 permits of a semaphore, and only while each process releases
    /// no more than it has taken.
    public var lostPermits: Int { permits.core.lostCount }

    /// Does something while holding a permit, which is given back however that ends.
    ///
    /// - Parameter timeout: how long to wait for the permit; nil for as long as it takes.
    /// - Throws: ``ProcessError`` with `timedOut`, `cancelled`, `system`, and as `release()`; and
    ///   what the body throws.
    public func withPermit<Result>(
        timeout: Duration? = nil, _ body: () async throws -> Result
    ) async throws -> Result {
        guard try await permits.core.acquire(until: MonotonicClock.deadline(after: timeout)) else {
            throw ProcessError.timedOut("the semaphore had no permit")
        }
        return try await releasingAfterwards(body) { () throws(ProcessError) in try release() }
    }

    /// The semaphore, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: BlockingSemaphore { BlockingSemaphore(permits: permits) }
}

/// A semaphore whose calls return when they are done: see `blocking`.
public struct BlockingSemaphore: Sendable {
    fileprivate let permits: SemaphorePermits

    /// Waits for a permit and takes it.
    public func acquire() {
        _ = permits.core.acquireBlocking(until: .max)
    }

    /// Waits for a permit and takes it, for so long at the most.
    ///
    /// - Returns: whether one has been taken; false when the time is over.
    public func acquire(timeout: Duration) -> Bool {
        permits.core.acquireBlocking(until: MonotonicClock.deadline(after: timeout))
    }

    /// Does something while holding a permit, which is given back however that ends.
    ///
    /// - Parameter timeout: how long to wait for the permit; nil for as long as it takes.
    /// - Throws: ``ProcessError`` with `timedOut`, and as `release()`; and what the body throws.
    public func withPermit<Result>(
        timeout: Duration? = nil, _ body: () throws -> Result
    ) throws -> Result {
        let deadline = MonotonicClock.deadline(after: timeout)
        guard permits.core.acquireBlocking(until: deadline) else {
            throw ProcessError.timedOut("the semaphore had no permit")
        }
        return try releasingAfterwards(body) { () throws(ProcessError) in
            try permits.core.release()
        }
    }
}

extension SemaphorePermits: Codable {
    /// Takes the permits out of the luggage that came with a message or at the start of this
    /// process.
    ///
    /// - Throws: `DecodingError` where none came.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        core = Permits(try .unpack(place, atLeast: Permits.leastByteCount, from: decoder))
    }

    /// Puts the permits into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where they are for no process of this host.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try core.block.pack(for: encoder))
    }
}
