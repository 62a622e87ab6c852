internal import CMultiprocessing
internal import Sockets

/// The permits of a semaphore in shared memory, and who has them.
///
/// ```text
/// 0    the bell of who waits (4)
/// 4    free permits that have no place below (4)
/// 8    most of them (4): what they began with, if the semaphore is bounded
/// 12   how many of them there were at first (4)
/// 16   whether permits are signals (4)
/// 20   how many were lost with their holders (4)
/// 24   a place for each permit (8 each): the process that has it, or 0
/// ```
///
/// A permit is taken by writing one's process into its place, which is one step: there is no moment
/// at which a process that is killed has a permit and nobody knows.  The dead's go back, unless
/// some process has released what it did not hold: then a permit is a signal, and one that was
/// taken is used.  Those beyond ``placeLimit`` have no place, and are never given back.
final class Permits: Sendable {
    /// Most permits of which is known who has them.
    static let placeLimit = 256
    /// Most permits: CPython's `SEM_VALUE_MAX`.
    static let limit = Int(Int32.max)
    private static let header = 24

    let block: MemoryBlock
    let bell: Bell
    private let loose: SharedWord
    private let looseLimit: UInt32
    private let looseStock: UInt32
    private let areSignals: SharedWord
    private let lost: SharedWord
    private let placeCount: Int

    static var leastByteCount: Int { header }

    convenience init(_ count: Int, isBounded: Bool, name: String) throws(ProcessError) {
        guard (0...Self.limit).contains(count) else {
            throw ProcessError(.invalidArgument, "a semaphore with \(count) permits")
        }
        let places = min(count, Self.placeLimit)
        let block = try MemoryBlock(byteCount: Self.header + 8 * places, name: name)
        let stock = UInt32(count - places)
        SharedWord(in: block, at: 4).set(stock)
        SharedWord(in: block, at: 8).set(isBounded ? stock : UInt32(Self.limit - places))
        SharedWord(in: block, at: 12).set(stock)
        self.init(block)
    }

    /// - Parameter block: at least ``leastByteCount``.
    init(_ block: MemoryBlock) {
        self.block = block
        bell = Bell(in: block, at: 0)
        loose = SharedWord(in: block, at: 4)
        looseLimit = min(SharedWord(in: block, at: 8).value, UInt32(Self.limit))
        looseStock = SharedWord(in: block, at: 12).value
        areSignals = SharedWord(in: block, at: 16)
        lost = SharedWord(in: block, at: 20)
        placeCount = min((block.byteCount - Self.header) / 8, Self.placeLimit)
    }

    private func place(_ index: Int) -> SharedLongWord {
        SharedLongWord(in: block, at: Self.header + 8 * index)
    }

    private func holder(_ index: Int) -> UInt64 { place(index).value }

    /// How many are free.
    var count: Int {
        (0..<placeCount).reduce(Int(loose.value)) { $0 + (holder($1) == 0 ? 1 : 0) }
    }

    var hasOne: Bool { loose.value > 0 || (0..<placeCount).contains { holder($0) == 0 } }

    /// How many were lost with their holders, and given back.
    var lostCount: Int { Int(lost.value) }

    // MARK: Taking and giving

    /// Takes one; whether there was one.
    func take() -> Bool {
        for index in 0..<placeCount where holder(index) == 0 {
            if place(index).change(0, to: mp_identity()).done { return true }
        }
        var old = loose.value
        while old > 0 {
            let (done, was) = loose.change(old, to: old - 1)
            if done { return true }
            old = was
        }
        return false
    }

    /// Gives one back, first of those that this process has.
    ///
    /// - Throws: `ProcessError` with `releasedTooOften`.
    func release() throws(ProcessError) {
        let isGiven =
            free { $0 == mp_identity() } || addLoose(upTo: min(looseStock, looseLimit))
            || freeOther() || addLoose(upTo: looseLimit)
        guard isGiven else {
            throw ProcessError(.releasedTooOften, "the semaphore was released too many times")
        }
        bell.ringOne()
    }

    private func freeOther() -> Bool {
        guard (0..<placeCount).contains(where: { holder($0) != 0 }) else { return false }
        areSignals.set(1)
        return free { $0 != 0 }
    }

    private func free(_ isRight: (UInt64) -> Bool) -> Bool {
        for index in 0..<placeCount {
            let holder = holder(index)
            if isRight(holder), place(index).change(holder, to: 0).done { return true }
        }
        return false
    }

    private func addLoose(upTo limit: UInt32) -> Bool {
        var old = loose.value
        while old < limit {
            let (done, was) = loose.change(old, to: old + 1)
            if done { return true }
            old = was
        }
        return false
    }

    /// Gives back what the dead have; whether that was anything.
    func giveBackOfTheDead() -> Bool {
        guard areSignals.value == 0 else { return false }
        let holders = Set((0..<placeCount).map { holder($0) }).subtracting([0])
        let dead = holders.filter { mp_identity_has_ended($0) }
        guard !dead.isEmpty else { return false }
        var count: UInt32 = 0
        for index in 0..<placeCount {
            let holder = holder(index)
            if dead.contains(holder), place(index).change(holder, to: 0).done { count += 1 }
        }
        guard count > 0 else { return false }
        var old = lost.value
        while true {
            let (done, was) = lost.change(old, to: old &+ count)
            if done { break }
            old = was
        }
        bell.ring()
        return true
    }
}

// MARK: Waiting

extension Permits {
    func tryAcquire() -> Bool {
        take() || giveBackOfTheDead() && take()
    }

    func acquire(until deadline: Int64) async throws(ProcessError) -> Bool {
        if take() { return true }
        var patience = Patience(until: deadline)
        while true {
            switch step(&patience) {
            case .over(let isTaken): return isTaken
            case .wait(let ticket, let time):
                do throws(ProcessError) {
                    try await bell.wait(ticket, until: time)
                } catch {
                    passOn()
                    throw error
                }
                lookAtOwners(after: time)
            }
        }
    }

    func acquireBlocking(until deadline: Int64) -> Bool {
        if take() { return true }
        var patience = Patience(until: deadline)
        while true {
            switch step(&patience) {
            case .over(let isTaken): return isTaken
            case .wait(let ticket, let time):
                bell.waitBlocking(ticket, until: time)
                lookAtOwners(after: time)
            }
        }
    }

    private enum Step {
        case over(isTaken: Bool)
        case wait(Bell.Ticket, until: Int64)
    }

    /// Takes a permit, or says what to wait for.
    private func step(_ patience: inout Patience) -> Step {
        let ticket = bell.ticket()
        var isTaken = take()
        if !isTaken {
            if let next = patience.next(now: MonotonicClock.nanoseconds) {
                return .wait(ticket, until: next)
            }
            isTaken = tryAcquire()
        }
        passOn()
        return .over(isTaken: isTaken)
    }

    private func lookAtOwners(after time: Int64) {
        if MonotonicClock.nanoseconds >= time { _ = giveBackOfTheDead() }
    }

    /// Who has waited may have been woken for more than he took.
    private func passOn() {
        bell.passOn { hasOne }
    }
}
