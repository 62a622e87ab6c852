internal import CMultiprocessing
internal import Sockets

/// Who waits for a condition, in shared memory.
///
/// ```text
/// 0    how many have sat down so far (8)
/// 8    how many seats have ever been taken (8)
/// 16   seats (32 each):
///        0    free, waiting or notified (4), which is what its taker waits for
///        8    the process that sits there (8)
///        16   which one it was to sit down (8)
///        24   how many had sat down when it was notified (8)
/// ```
///
/// Seats are taken, left and notified by who has the condition's lock.  The state of a seat is
/// written last, so a process that is killed has taken it, or has not.  A notification that came to
/// a process which then died goes to somebody who had been waiting at that time.
struct Seats: Sendable {
    /// Most that wait at once for one condition.
    static let limit = 1000
    private static let header = 16
    private static let seat = 32
    static let byteCount = header + seat * limit

    private enum State {
        static let free: UInt32 = 0
        static let waiting: UInt32 = 1
        static let notified: UInt32 = 2
    }

    let block: MemoryBlock
    private let arrivals: SharedLongWord
    private let used: SharedLongWord

    /// - Parameter block: at least ``byteCount``.
    init(_ block: MemoryBlock) {
        self.block = block
        arrivals = SharedLongWord(in: block, at: 0)
        used = SharedLongWord(in: block, at: 8)
    }

    private var usedCount: Int { Int(min(used.note, UInt64(Self.limit))) }

    private func state(_ seat: Int) -> SharedWord {
        SharedWord(in: block, at: Self.header + seat * Self.seat)
    }

    private func process(_ seat: Int) -> SharedLongWord {
        SharedLongWord(in: block, at: Self.header + seat * Self.seat + 8)
    }

    private func arrival(_ seat: Int) -> SharedLongWord {
        SharedLongWord(in: block, at: Self.header + seat * Self.seat + 16)
    }

    private func notice(_ seat: Int) -> SharedLongWord {
        SharedLongWord(in: block, at: Self.header + seat * Self.seat + 24)
    }

    // MARK: With the lock

    /// Sits down.
    ///
    /// - Throws: `ProcessError` with `tooManyWaiters`.
    func take() throws(ProcessError) -> Int {
        guard let seat = freeSeat() else {
            throw ProcessError(
                .tooManyWaiters, "\(Self.limit) wait for the condition, and no more can")
        }
        arrivals.note &+= 1
        process(seat).note = mp_identity()
        arrival(seat).note = arrivals.note
        state(seat).set(State.waiting)
        return seat
    }

    private func freeSeat() -> Int? {
        let count = usedCount
        if let seat = (0..<count).first(where: { state($0).value == State.free }) { return seat }
        if count < Self.limit {
            used.note = UInt64(count + 1)
            return count
        }
        return (0..<count).first { mp_identity_has_ended(process($0).note) }
    }

    /// Stands up; whether it was notified.
    func leave(_ seat: Int) -> Bool {
        let word = state(seat)
        let wasNotified = word.value == State.notified
        word.set(State.free)
        return wasNotified
    }

    /// Notifies so many of those who have waited longest.
    func notify(_ count: Int) {
        let waiting = (0..<usedCount).filter { state($0).value == State.waiting }
            .map { (seat: $0, arrival: arrival($0).note) }
            .sorted { $0.arrival < $1.arrival }
        for (seat, _) in waiting.prefix(max(0, count)) {
            notice(seat).note = arrivals.note
            notify(seat: seat)
        }
    }

    @discardableResult
    private func notify(seat: Int) -> Bool {
        let word = state(seat)
        guard word.change(State.waiting, to: State.notified).done else { return false }
        word.wake()
        return true
    }

    // MARK: Without the lock

    /// Waits until it is notified, or until the deadline.
    ///
    /// - Throws: `ProcessError` with `cancelled`, `system`.
    func wait(in seat: Int, until deadline: Int64) async throws(ProcessError) {
        var patience = Patience(until: deadline)
        let word = state(seat)
        while word.value == State.waiting, let next = patience.next(now: MonotonicClock.nanoseconds)
        {
            try await word.wait(while: State.waiting, until: next)
            inheritNotice(for: seat)
        }
    }

    func waitBlocking(in seat: Int, until deadline: Int64) {
        var patience = Patience(until: deadline)
        let word = state(seat)
        while word.value == State.waiting, let next = patience.next(now: MonotonicClock.nanoseconds)
        {
            word.waitBlocking(while: State.waiting, until: next)
            inheritNotice(for: seat)
        }
    }

    /// Takes the notification of somebody who has died, if it could have come to this one.
    private func inheritNotice(for seat: Int) {
        guard state(seat).value == State.waiting else { return }
        let ownArrival = arrival(seat).note
        for other in 0..<usedCount where state(other).value == State.notified {
            let couldBeOwn = notice(other).note >= ownArrival
            guard couldBeOwn, mp_identity_has_ended(process(other).note),
                state(other).change(State.notified, to: State.free).done
            else { continue }
            // Notified by somebody else meanwhile: then the next one has it.
            if notify(seat: seat) { return }
            notify(1)
            return
        }
    }
}
