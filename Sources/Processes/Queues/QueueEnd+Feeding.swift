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

    /// Starts the feeder, which ends when all has been moved on.
    ///
    /// - Throws: `ProcessError` with `system`; then the items wait for the next one.
    func startFeeder() throws(ProcessError) {
        FeederRoster.shared.add(self)
        do throws(SocketError) {
            try DedicatedThread.start(name: "queue-feeder") { self.feed() }
        } catch {
            FeederRoster.shared.remove(self)
            state.withLock { $0.isFeeding = false }
            throw .system(error.reason, error)
        }
    }

    private func feed() {
        while let items = nextItems() { feed(items) }
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

    private func feed(_ items: [[UInt8]]) {
        var place = 0
        while place < items.count {
            _ = ring.writers.acquireBlocking()
            let first = place
            feed(items, from: &place)
            var ticket: Bell.Ticket?
            if place == first {
                ticket = ring.room.ticket()
                feed(items, from: &place)
            }
            ring.writers.release()
            if place == first, let ticket { wait(ticket) }
        }
    }

    /// Writes some items, as far as there is room.
    private func feed(_ items: [[UInt8]], from place: inout Int) {
        let first = place
        while place < items.count, place - first < Self.itemsPerTurn, feed(items[place]) {
            place += 1
        }
        let moved = place - first
        state.withLock { $0.backlog -= moved }
    }

    /// Writes an item, once its beginning fits; an item that has begun goes whole, however long
    /// that takes, and nobody else writes meanwhile.
    ///
    /// - Returns: false where there is no room.
    private func feed(_ item: [UInt8]) -> Bool {
        var pieces = QueuePieces(item)
        while true {
            // Before the attempt, so that no ring is missed.
            let ticket = pieces.hasBegun ? ring.room.ticket() : nil
            switch pieces.next(in: ring) {
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
