internal import Sockets
internal import Synchronization

extension QueueEnd {
    /// Puts an item, once there are fewer than there may be.
    ///
    /// - Throws: `ProcessError` with `timedOut`, `closed`, `cancelled`, `system`; then it has not
    ///   been put.
    func put(_ item: [UInt8], until deadline: Int64) async throws(ProcessError) {
        guard ring.maxsize > 0 else { return try putUnbounded(item) }
        while true {
            let ticket = ring.room.ticket()
            var isPut = try putBehind(item)
            if isPut == nil {
                guard try await ring.writers.acquire(until: deadline) else { throw .fullQueue }
                isPut = try putHolding(item)
            }
            if isPut == true { return }
            guard MonotonicClock.nanoseconds < deadline else { throw .fullQueue }
            try await ring.room.wait(ticket, until: deadline)
        }
    }

    /// The same for a thread that may be held up.
    func putBlocking(_ item: [UInt8], until deadline: Int64) throws(ProcessError) {
        guard ring.maxsize > 0 else { return try putUnbounded(item) }
        while true {
            let ticket = ring.room.ticket()
            var isPut = try putBehind(item)
            if isPut == nil {
                guard ring.writers.acquireBlocking(until: deadline) else { throw .fullQueue }
                isPut = try putHolding(item)
            }
            if isPut == true { return }
            guard MonotonicClock.nanoseconds < deadline else { throw .fullQueue }
            ring.room.waitBlocking(ticket, until: deadline)
        }
    }

    /// Puts an item if there are fewer than there may be; whether it did.
    func putNoWait(_ item: [UInt8]) throws(ProcessError) -> Bool {
        guard ring.maxsize > 0 else {
            try putUnbounded(item)
            return true
        }
        if let isPut = try putBehind(item) { return isPut }
        guard Self.takeSoon(ring.writers) || ring.writers.tryAcquire() else { return false }
        return try putHolding(item)
    }

    /// Puts an item of which there may be any number: it never waits.
    private func putUnbounded(_ item: [UInt8]) throws(ProcessError) {
        let startsFeeder = try state.withLock { state throws(ProcessError) in
            if state.isClosed { throw .closedQueue }
            guard state.backlog == 0, Self.takeSoon(ring.writers) else {
                return state.enqueue(item)
            }
            defer { ring.writers.release() }
            return write(item) ? false : state.enqueue(item)
        }
        if startsFeeder { try startFeeder() }
    }

    /// Puts an item behind those of this process that wait for the feeder, who may have the lock of
    /// the writers for long.
    ///
    /// - Returns: false where there are as many as there may be, nil where none waits.
    private func putBehind(_ item: [UInt8]) throws(ProcessError) -> Bool? {
        try state.withLock { state throws(ProcessError) -> Bool? in
            if state.isClosed { throw .closedQueue }
            guard state.backlog > 0, state.isFeeding else { return nil }
            guard ring.count + state.backlog < ring.maxsize else { return false }
            _ = state.enqueue(item)
            return true
        }
    }

    /// Puts an item, with the lock of the writers held, which is released.
    ///
    /// - Returns: false where there are as many as there may be.
    private func putHolding(_ item: [UInt8]) throws(ProcessError) -> Bool {
        let startsFeeder = try state.withLock { state throws(ProcessError) -> Bool? in
            defer { ring.writers.release() }
            if state.isClosed { throw .closedQueue }
            guard ring.count + state.backlog < ring.maxsize else { return nil }
            return state.backlog == 0 && write(item) ? false : state.enqueue(item)
        }
        if startsFeeder == true { try startFeeder() }
        return startsFeeder != nil
    }

    /// Writes an item if there is room for all of it; whether it did.
    private func write(_ item: [UInt8]) -> Bool {
        guard ring.hasRoom(for: item.count) else { return false }
        var rest = QueuePieces(item)
        while let piece = rest.next(in: ring) {
            precondition(piece, "the ring has less room than it said")
        }
        return true
    }
}

extension QueueEnd.State {
    /// Lets an item wait for the feeder.
    ///
    /// - Returns: whether there is none, so that it has to be started.
    fileprivate mutating func enqueue(_ item: [UInt8]) -> Bool {
        waiting.append(item)
        backlog += 1
        defer { isFeeding = true }
        return !isFeeding
    }
}

extension ProcessError {
    static let fullQueue = ProcessError.timedOut("the queue had no room")
}
