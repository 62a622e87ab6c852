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
                guard try await take(ring.writers, until: deadline) else { throw .fullQueue }
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
                guard try takeBlocking(ring.writers, until: deadline) else { throw .fullQueue }
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
        let hasNewFeeder = try state.withLock { state throws(ProcessError) in
            try state.checkOpen()
            guard state.backlog == 0, Self.takeSoon(ring.writers) else {
                return try enqueue(item, &state)
            }
            defer { ring.writers.release() }
            return try write(item) ? false : enqueue(item, &state)
        }
        if hasNewFeeder { FeederRoster.shared.add(self) }
    }

    /// Puts an item behind those of this process that wait for the feeder, who may have the lock of
    /// the writers for long.
    ///
    /// - Returns: false where there are as many as there may be, nil where none waits.
    private func putBehind(_ item: [UInt8]) throws(ProcessError) -> Bool? {
        try state.withLock { state throws(ProcessError) -> Bool? in
            try state.checkOpen()
            guard state.backlog > 0 else { return nil }
            guard ring.count + state.backlog < ring.maxsize else { return false }
            _ = try enqueue(item, &state)
            return true
        }
    }

    /// Puts an item, with the lock of the writers held, which is released.
    ///
    /// - Returns: false where there are as many as there may be.
    private func putHolding(_ item: [UInt8]) throws(ProcessError) -> Bool {
        let hasNewFeeder = try state.withLock { state throws(ProcessError) -> Bool? in
            defer { ring.writers.release() }
            try state.checkOpen()
            guard try ring.takesOneMore(than: state.backlog) else { return nil }
            if state.backlog == 0, try write(item) { return false }
            return try enqueue(item, &state)
        }
        if hasNewFeeder == true { FeederRoster.shared.add(self) }
        return hasNewFeeder != nil
    }

    /// Writes an item if there is room for all of it; whether it did.
    private func write(_ item: [UInt8]) throws(ProcessError) -> Bool {
        guard try ring.hasRoom(for: item.count) else { return false }
        var rest = QueuePieces(item)
        while let isWritten = try rest.next(in: ring) {
            // Who has the lock is alone to write, so the room was there.
            guard isWritten else { throw .brokenQueue }
        }
        return true
    }

    /// Lets an item wait for the feeder, which is started if there is none.
    ///
    /// - Returns: whether it was; then it has to go on the roster.
    /// - Throws: `ProcessError` with `system`; then the item does not wait.
    private func enqueue(_ item: [UInt8], _ state: inout State) throws(ProcessError) -> Bool {
        let isNew = !state.isFeeding
        if isNew { try startFeeder() }
        state.isFeeding = true
        state.waiting.append(item)
        state.backlog += 1
        return isNew
    }
}

extension ProcessError {
    static let fullQueue = ProcessError.timedOut("the queue had no room")
}
