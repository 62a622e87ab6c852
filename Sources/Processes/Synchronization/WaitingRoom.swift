internal import CMultiprocessing
internal import Connections
internal import Sockets
internal import Synchronization

/// Where tasks wait for words in shared memory: one thread of this process waits for all of them,
/// so that none of Swift's own is held up.
@safe final class WaitingRoom: Sendable {
    private static let rooms = PerProcess { WaitingRoom() }
    static var shared: WaitingRoom { rooms.value }
    /// How often all words are looked at, woken or not: whoever changed one may have died before he
    /// could wake anybody.
    static let patience: Int64 = 50_000_000
    /// How often, while there are more words than the system waits for at once.
    static let crowdedPatience: Int64 = 1_000_000

    private struct State {
        var guests: [WaitingGuest] = []
        var nextNumber: UInt64 = 0
        /// Whether there is a thread that serves.
        var isServed = false
    }

    private let state = Mutex(State())
    // SAFETY: never freed, and used only for what is atomic.
    private nonisolated(unsafe) let bell: UnsafeMutablePointer<Atomic<UInt32>>

    private init() {
        unsafe bell = .allocate(capacity: 1)
        unsafe bell.initialize(to: Atomic(0))
    }

    /// Waits while the word is `value`, until it is woken, or until the deadline.
    ///
    /// - Parameter isCancellable: whether the end of the task ends the wait.
    /// - Throws: `ProcessError` with `cancelled`, `system`.
    func wait(
        for word: SharedWord, of block: MemoryBlock, while value: UInt32, until deadline: Int64,
        isCancellable: Bool
    ) async throws(ProcessError) {
        let guest = try enter(word, block, value, deadline)
        guard isCancellable else {
            // Not loose: it is waited for, and it is what a cancelled task may wait for.
            await IOLoop.start { _ = try? await guest.shot.value("waiting") }.value
            return
        }
        do throws(ConnectionError) {
            try await guest.shot.value("waiting")
        } catch {
            state.withLock { state in state.guests.removeAll { $0.number == guest.number } }
            throw .waitCancelled
        }
    }

    private func enter(
        _ word: SharedWord, _ block: MemoryBlock, _ value: UInt32, _ deadline: Int64
    ) throws(ProcessError) -> WaitingGuest {
        let guest = try state.withLock { state throws(ProcessError) in
            try open(&state)
            let guest = WaitingGuest(
                number: state.nextNumber, word: word, block: block, value: value,
                deadline: deadline)
            state.nextNumber += 1
            state.guests.append(guest)
            return guest
        }
        _ = unsafe bell.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        _ = unsafe mp_futex_wake(bell, 1)
        return guest
    }

    private func open(_ state: inout State) throws(ProcessError) {
        guard !state.isServed else { return }
        do throws(SocketError) {
            try DedicatedThread.start(name: "shared-waits") { [self] in serve() }
        } catch {
            throw .system(error.reason, error)
        }
        state.isServed = true
    }

    private func serve() -> Never {
        var woken: UInt?
        while true {
            // Before anything is looked at, so that whoever comes then is seen.
            let rings = unsafe bell.pointee.load(ordering: .sequentiallyConsistent)
            let (leaving, staying) = state.withLock { state in
                state.guests.parted(now: MonotonicClock.nanoseconds, woken: woken)
            }
            for guest in leaving { guest.shot.complete(.success(())) }
            woken = wait(for: staying, rings)
        }
    }

    /// Waits for the bell and for the words.
    ///
    /// - Returns: the word that was woken, if one was.
    private func wait(for guests: [WaitingGuest], _ rings: UInt32) -> UInt? {
        var words = [mp_futex_word(address: unsafe UInt(bitPattern: bell), expected: rings)]
        var seen: Set<UInt> = []
        var deadline = Int64.max
        for guest in guests where seen.insert(guest.word.address).inserted {
            words.append(mp_futex_word(address: guest.word.address, expected: guest.value))
        }
        if !guests.isEmpty {
            let isCrowded = words.count > MP_FUTEX_LIMIT
            deadline = guests.reduce(
                MonotonicClock.nanoseconds + (isCrowded ? Self.crowdedPatience : Self.patience)
            ) { min($0, $1.deadline) }
        }
        let count = min(words.count, Int(MP_FUTEX_LIMIT))
        let place = unsafe mp_futex_wait_any(words, Int32(count), deadline)
        return place > 0 ? words[Int(place)].address : nil
    }
}

/// A task that waits for a word.
struct WaitingGuest: Sendable {
    let number: UInt64
    let word: SharedWord
    let block: MemoryBlock
    let value: UInt32
    let deadline: Int64
    let shot = OneShot<Void>()
}

extension [WaitingGuest] {
    /// Takes out who need not wait any longer: their words have changed or were woken, or their
    /// time is over.
    fileprivate mutating func parted(
        now: Int64, woken: UInt?
    ) -> (leaving: [WaitingGuest], staying: [WaitingGuest]) {
        var leaving: [WaitingGuest] = []
        var staying: [WaitingGuest] = []
        for guest in self {
            let mayStay =
                guest.word.address != woken && guest.deadline > now
                && guest.word.value == guest.value
            if mayStay { staying.append(guest) } else { leaving.append(guest) }
        }
        self = staying
        return (leaving, staying)
    }
}
