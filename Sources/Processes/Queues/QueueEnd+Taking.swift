internal import CMultiprocessing
internal import Connections
internal import Sockets

extension QueueEnd {
    /// How often the ring is looked at before one sleeps until somebody puts an item.
    private static let emptyLooks = 200
    /// How long one waits for the rest of an item before it is looked whether its writer lives, in
    /// nanoseconds.
    private static let patience: Int64 = 50_000_000

    /// What came of an attempt.
    private enum Attempt {
        case item([UInt8])
        case empty
        /// Somebody else takes one just now.
        case busy
        /// Of a long item this has been taken, and the lock is held for the rest.
        case begun([UInt8])
    }

    /// Waits for an item and takes it.
    ///
    /// - Throws: `ProcessError` with `timedOut`, `closed`, `cancelled`, `system`, `malformed`.
    func take(until deadline: Int64) async throws(ProcessError) -> [UInt8] {
        while true {
            var attempt = try attempt()
            if case .busy = attempt {
                guard try await take(ring.readers, until: deadline) else { throw .emptyQueue }
                attempt = try attemptHolding()
            }
            switch attempt {
            case .item(let item): return item
            case .begun(let part): if let item = try await finish(part) { return item }
            case .busy: continue
            case .empty:
                guard let ticket = try ticket(until: deadline) else { continue }
                try await ring.arrivals.wait(ticket, until: deadline)
            }
        }
    }

    /// The same for a thread that may be held up.
    func takeBlocking(until deadline: Int64) throws(ProcessError) -> [UInt8] {
        while true {
            var attempt = try attempt()
            if case .busy = attempt {
                guard try takeBlocking(ring.readers, until: deadline) else { throw .emptyQueue }
                attempt = try attemptHolding()
            }
            switch attempt {
            case .item(let item): return item
            case .begun(let part): if let item = try finishBlocking(part) { return item }
            case .busy: continue
            case .empty:
                guard let ticket = try ticket(until: deadline) else { continue }
                ring.arrivals.waitBlocking(ticket, until: deadline)
            }
        }
    }

    /// What to wait by for the next item; nil where there may be one already.
    ///
    /// - Throws: `ProcessError` with `timedOut`, `closed`.
    private func ticket(until deadline: Int64) throws(ProcessError) -> Bell.Ticket? {
        if looksAgain() { return nil }
        let ticket = ring.arrivals.ticket()
        guard ring.isEmpty else { return nil }
        try checkOpen()
        guard MonotonicClock.nanoseconds < deadline else { throw .emptyQueue }
        return ticket
    }

    /// Takes an item if there is one.  It waits only for the rest of an item that is being written.
    func takeNoWait() throws(ProcessError) -> [UInt8]? {
        switch try attempt() {
        case .item(let item): item
        case .begun(let part): try finishBlocking(part)
        case .busy:
            // His process may have died.
            ring.readers.tryAcquire() ? try takeHolding() : nil
        case .empty: nil
        }
    }

    private func takeHolding() throws(ProcessError) -> [UInt8]? {
        switch try attemptHolding() {
        case .item(let item): item
        case .begun(let part): try finishBlocking(part)
        case .busy, .empty: nil
        }
    }

    // MARK: One attempt

    private func attempt() throws(ProcessError) -> Attempt {
        try checkOpen()
        if ring.isEmpty { return .empty }
        return Self.takeSoon(ring.readers) ? try attemptHolding() : .busy
    }

    /// Takes an item with the lock of the readers held, which is released unless it is `begun`.
    private func attemptHolding() throws(ProcessError) -> Attempt {
        if ring.readers.isInherited { ring.settleLosses() }
        var part: [UInt8]?
        do throws(ProcessError) {
            if let item = try look(&part) { return .item(item) }
        } catch {
            ring.readers.release()
            throw error
        }
        if let part { return .begun(part) }
        ring.readers.release()
        return .empty
    }

    /// Takes pieces while there are some.
    ///
    /// - Returns: an item; then the lock is released.
    private func look(_ part: inout [UInt8]?) throws(ProcessError) -> [UInt8]? {
        while true {
            switch try ring.take(into: &part) {
            case .nothing: return nil
            case .piece: continue
            case .item(let item):
                ring.settle()
                ring.readers.release()
                return item
            }
        }
    }

    /// Whether something has come within a moment.
    private func looksAgain() -> Bool {
        for look in 0..<Self.emptyLooks {
            if !ring.isEmpty { return true }
            if look > Self.emptyLooks / 2 { mp_thread_yield() } else { mp_thread_pause() }
        }
        return false
    }

    // MARK: The rest of a long item

    /// Takes the rest of an item, in spite of a deadline or a cancellation: its writer has all of
    /// it, and only his death can keep him from writing it.  Where the queue is closed here
    /// meanwhile the item is lost: who takes next skips its rest, and counts it.
    ///
    /// - Returns: nil where he has died.
    private func finish(_ part: [UInt8]) async throws(ProcessError) -> [UInt8]? {
        // A task of its own is not cancelled with this one.
        let result = await IOLoop.start { [self] in await rest(of: part) }.value
        return try result.get()
    }

    private func rest(of part: [UInt8]) async -> Result<[UInt8]?, ProcessError> {
        var part: [UInt8]? = part
        do throws(ProcessError) {
            while true {
                let ticket = ring.arrivals.ticket()
                if let item = try look(&part) { return .success(item) }
                try checkOpen()
                try await ring.arrivals.wait(
                    ticket, until: MonotonicClock.nanoseconds + Self.patience)
                if try isOrphaned(&part) { return .success(nil) }
            }
        } catch {
            ring.readers.release()
            return .failure(error)
        }
    }

    private func finishBlocking(_ begun: [UInt8]) throws(ProcessError) -> [UInt8]? {
        var part: [UInt8]? = begun
        do throws(ProcessError) {
            while true {
                let ticket = ring.arrivals.ticket()
                if let item = try look(&part) { return item }
                try checkOpen()
                ring.arrivals.waitBlocking(
                    ticket, until: MonotonicClock.nanoseconds + Self.patience)
                if try isOrphaned(&part) { return nil }
            }
        } catch {
            ring.readers.release()
            throw error
        }
    }

    /// Whether the rest will never come; then the lock is released.
    private func isOrphaned(_ part: inout [UInt8]?) throws(ProcessError) -> Bool {
        // Whoever writes an item has the lock until its end.
        guard ring.isEmpty, ring.writers.tryAcquire() else { return false }
        defer { ring.writers.release() }
        guard ring.isEmpty else { return false }
        if part != nil { ring.loseHalf() }
        ring.readers.release()
        return true
    }
}

extension ProcessError {
    static let emptyQueue = ProcessError.timedOut("no item came")
}
