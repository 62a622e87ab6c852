internal import CMultiprocessing
internal import Sockets
internal import Synchronization

// The thread that moves on what has found no room.
extension QueueEnd {
    /// Items that are moved before others who write have their turn.
    private static let itemsPerTurn = 256
    /// How long the feeder waits for room before it looks again, in nanoseconds: whoever made some
    /// may have died before he could say so.
    private static let patience: Int64 = 50_000_000

    /// Starts the feeder, which ends when all has been moved on.  It begins once the lock of the
    /// state is free.
    ///
    /// - Throws: `ProcessError` with `system`.
    func startFeeder() throws(ProcessError) {
        do throws(SocketError) {
            try startThread { self.feed() }
        } catch {
            throw .system(error.reason, error)
        }
    }

    private func feed() {
        while let items = nextItems() {
            do throws(ProcessError) {
                try feed(items)
            } catch {
                breakUp(error)
            }
        }
        FeederRoster.shared.remove(self)
        let joiners = state.withLock { state in
            defer { state.joiners = [] }
            return state.isFeeding ? [] : state.joiners
        }
        for joiner in joiners { joiner() }
    }

    /// All that waits; nil when there is nothing, and no feeder any more.
    private func nextItems() -> [[UInt8]]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isFeeding = false
                return nil
            }
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    /// The ring is none any more: what waits is lost, and whoever puts or takes is told.
    private func breakUp(_ error: ProcessError) {
        state.withLock { state in
            state.breakage = error
            state.waiting = []
            state.backlog = 0
        }
        ring.arrivals.ring()
        ring.room.ring()
        ring.completion.ring()
    }

    private func feed(_ items: [[UInt8]]) throws(ProcessError) {
        var place = 0
        while place < items.count {
            _ = ring.writers.acquireBlocking()
            if let ticket = try feedInTurn(items, from: &place) { wait(ticket) }
        }
    }

    /// Writes some items with the lock of the writers held, which is released.
    ///
    /// - Returns: what to wait by, where there was no room for any.
    private func feedInTurn(
        _ items: [[UInt8]], from place: inout Int
    ) throws(ProcessError) -> Bell.Ticket? {
        defer { ring.writers.release() }
        let first = place
        try feed(items, from: &place)
        if place > first { return nil }
        let ticket = ring.room.ticket()
        try feed(items, from: &place)
        return place == first ? ticket : nil
    }

    /// Writes some items, as far as there is room.
    private func feed(_ items: [[UInt8]], from place: inout Int) throws(ProcessError) {
        let first = place
        while place < items.count, place - first < Self.itemsPerTurn, try feed(items[place]) {
            place += 1
        }
        let moved = place - first
        state.withLock { $0.backlog -= moved }
    }

    /// Writes an item, once its beginning fits; an item that has begun goes whole, however long
    /// that takes, and nobody else writes meanwhile.
    ///
    /// - Returns: false where there is no room.
    private func feed(_ item: [UInt8]) throws(ProcessError) -> Bool {
        var pieces = QueuePieces(item)
        while true {
            // Before the attempt, so that no ring is missed.
            let ticket = pieces.hasBegun ? ring.room.ticket() : nil
            switch try pieces.next(in: ring) {
            case nil: return true
            case true?: continue
            case false?: break
            }
            guard let ticket else { return false }
            wait(ticket)
        }
    }

    private func wait(_ ticket: Bell.Ticket) {
        ring.room.waitBlocking(ticket, until: MonotonicClock.nanoseconds + Self.patience)
    }
}
