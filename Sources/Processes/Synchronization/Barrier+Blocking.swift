internal import Sockets

extension Barrier {
    /// The barrier, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(barrier: self) }

    /// A barrier whose calls return when they are done: see ``Barrier/blocking``.
    public struct Blocking: Sendable {
        fileprivate let barrier: Barrier

        /// Waits until all parties are there: see ``Barrier/wait()``.
        ///
        /// - Returns: as there.
        /// - Throws: as there.
        @discardableResult
        public func wait() throws -> Int {
            try barrier.waitBlocking(until: MonotonicClock.deadline(after: barrier.timeout))
        }

        /// Waits until all parties are there: see ``Barrier/wait(timeout:)``.
        ///
        /// - Returns: as there.
        /// - Throws: as there.
        @discardableResult
        public func wait(timeout: Duration) throws -> Int {
            try barrier.waitBlocking(until: MonotonicClock.deadline(after: timeout))
        }

        /// Breaks the barrier, for everybody.
        public func abort() {
            barrier.lockedBlocking { $0.breakUp() }
        }

        /// Makes the barrier as it was at first; those who wait get `brokenBarrier`.
        public func reset() {
            barrier.lockedBlocking { $0.reset() }
        }
    }

    fileprivate func waitBlocking(until deadline: Int64) throws -> Int {
        while true {
            let ticket = members.bell.ticket()
            switch lockedBlocking({ $0.arrive() }) {
            case .findsItBroken: throw Self.broken
            case .comesEarly:
                let now = MonotonicClock.nanoseconds
                guard now < deadline else {
                    lockedBlocking { $0.breakUp() }
                    throw Self.broken
                }
                let look = min(deadline, now + WaitingRoom.patience)
                members.bell.waitBlocking(ticket, until: look)
                breakUpBlockingIfSomeoneDied()
            case .waits(let seat, let index):
                waitForOthersBlocking(in: seat, until: deadline)
                try leave(seat)
                return index
            case .completes(let seat, let index):
                try actBlocking(in: seat)
                lockedBlocking { $0.complete(seat) }
                try leave(seat)
                return index
            }
        }
    }

    private func actBlocking(in seat: Int) throws {
        guard let action else { return }
        do {
            if let action = action as? any SynchronousProcessTarget {
                try action.run()
            } else {
                try waitHere { try await action.run() }
            }
        } catch {
            lockedBlocking { members in
                if members.outcome(seat) == .waiting { members.breakUp() }
            }
            members.leave(seat)
            throw error
        }
    }

    private func waitForOthersBlocking(in seat: Int, until deadline: Int64) {
        var patience = Patience(until: deadline)
        while true {
            let ticket = members.bell.ticket()
            guard members.outcome(seat) == .waiting else { return }
            guard let next = patience.next(now: MonotonicClock.nanoseconds) else { break }
            members.bell.waitBlocking(ticket, until: next)
            if MonotonicClock.nanoseconds >= next { breakUpBlockingIfSomeoneDied() }
        }
        lockedBlocking { members in
            if members.outcome(seat) == .waiting { members.breakUp() }
        }
    }

    private func breakUpBlockingIfSomeoneDied() {
        guard members.someoneDied else { return }
        lockedBlocking { members in
            if members.someoneDied { members.breakUp() }
        }
    }

    /// Does something with the barrier's lock, which is never held for long.
    fileprivate func lockedBlocking<Result>(_ body: (Parties) -> Result) -> Result {
        _ = members.lock.acquireBlocking()
        defer { members.lock.release() }
        members.repair()
        return body(members)
    }
}
