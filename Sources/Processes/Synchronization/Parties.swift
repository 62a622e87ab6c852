internal import CMultiprocessing

/// Who has come to a barrier, in shared memory.
///
/// ```text
/// 0    the lock of all that follows (8)
/// 8    the bell of who waits (4)
/// 12   whether it is broken (4)
/// 16   whether all have come, and the last one does something before they go on (4)
/// 20   how many parties it takes (4)
/// 24   seats (16 each), twice as many as parties, for those may come who belong to the next round
///      0   the process that sits there (8)
///      8   free, waiting, passed or broken (4)
///      12  the number of who sits there, another one for each who waits (4)
/// ```
///
/// Whoever has the lock and sees that its last owner died in the midst of it breaks the barrier; so
/// does who waits and sees that another one has died.  So nobody waits for the dead.
struct Parties: Sendable {
    /// Most parties of a barrier.
    static let limit = 10_000
    private static let header = 24
    private static let seat = 16
    static var leastByteCount: Int { header + seat }

    private enum State {
        static let free: UInt32 = 0
        static let waiting: UInt32 = 1
        static let passed: UInt32 = 2
        static let broken: UInt32 = 3
    }

    /// What became of somebody who waits.
    enum Outcome: Equatable {
        case waiting, passed, broken
    }

    /// What becomes of somebody who comes.
    enum Arrival: Equatable {
        /// He is one of those who wait; his number.
        case waits(seat: Int, index: Int)
        /// He is the last one: all may go on, when he says so.
        case completes(seat: Int, index: Int)
        /// Those of the last round are still on their way out.
        case comesEarly
        case findsItBroken
    }

    let block: MemoryBlock
    let lock: RobustLock
    let bell: Bell
    /// How many it takes.
    let count: Int
    private let broken: SharedWord
    private let isCompleting: SharedWord
    private let seatCount: Int

    init(_ count: Int) throws(ProcessError) {
        guard (1...Self.limit).contains(count) else {
            throw ProcessError(.invalidArgument, "a barrier of \(count) parties")
        }
        let size = Self.header + 2 * count * Self.seat
        let block = try MemoryBlock(byteCount: size, name: "barrier")
        SharedWord(in: block, at: 20).set(UInt32(count))
        self.init(block)
    }

    /// - Parameter block: at least ``leastByteCount``.
    init(_ block: MemoryBlock) {
        self.block = block
        lock = RobustLock(in: block, at: 0)
        bell = Bell(in: block, at: 8)
        broken = SharedWord(in: block, at: 12)
        isCompleting = SharedWord(in: block, at: 16)
        seatCount = (block.byteCount - Self.header) / Self.seat
        count = min(max(1, Int(SharedWord(in: block, at: 20).value)), seatCount)
    }

    private func process(_ seat: Int) -> SharedLongWord {
        SharedLongWord(in: block, at: Self.header + seat * Self.seat)
    }

    private func state(_ seat: Int) -> SharedWord {
        SharedWord(in: block, at: Self.header + seat * Self.seat + 8)
    }

    private func number(_ seat: Int) -> SharedWord {
        SharedWord(in: block, at: Self.header + seat * Self.seat + 12)
    }

    private func seats(_ wanted: UInt32) -> some Sequence<Int> {
        (0..<seatCount).lazy.filter { state($0).value == wanted }
    }

    // MARK: Without the lock

    var isBroken: Bool { broken.value != 0 }

    /// How many wait for the others; 0 once all have come.
    var waitingCount: Int {
        isCompleting.value != 0 ? 0 : seats(State.waiting).reduce(0) { count, _ in count + 1 }
    }

    func outcome(_ seat: Int) -> Outcome {
        switch state(seat).value {
        case State.waiting: .waiting
        case State.passed: .passed
        default: .broken
        }
    }

    /// Whether somebody who waits has died.
    var someoneDied: Bool {
        Set(seats(State.waiting).map { process($0).value }).contains { mp_identity_has_ended($0) }
    }

    /// Goes, once it is known what became of him.
    func leave(_ seat: Int) {
        state(seat).set(State.free)
        bell.ring()
    }

    // MARK: With the lock

    /// What whoever has just got the lock does first.
    func repair() {
        if lock.isInherited { breakUp() }
    }

    /// Somebody comes.
    func arrive() -> Arrival {
        if isBroken { return .findsItBroken }
        if isCompleting.value != 0 { return .comesEarly }
        guard let seat = freeSeat() else { return .comesEarly }
        let numbers = seats(State.waiting).map { Int(number($0).value) }
        let isLast = numbers.count + 1 >= count
        if isLast && someoneDied {
            breakUp()
            return .findsItBroken
        }
        let index = Self.firstFree(numbers)
        process(seat).set(mp_identity())
        number(seat).set(UInt32(index))
        state(seat).set(State.waiting)
        guard isLast else { return .waits(seat: seat, index: index) }
        isCompleting.set(1)
        return .completes(seat: seat, index: index)
    }

    /// The first number that nobody has; somebody with a lower one than others may have left.
    static func firstFree(_ taken: [Int]) -> Int {
        var isTaken = [Bool](repeating: false, count: taken.count)
        for number in taken where number < taken.count { isTaken[number] = true }
        return isTaken.firstIndex(of: false) ?? taken.count
    }

    private func freeSeat() -> Int? {
        if let seat = seats(State.free).first(where: { _ in true }) { return seat }
        let left = seats(State.passed).first { mp_identity_has_ended(process($0).value) }
        return left ?? seats(State.broken).first { mp_identity_has_ended(process($0).value) }
    }

    /// Lets all go on, unless the barrier broke meanwhile.
    func complete(_ seat: Int) {
        guard outcome(seat) == .waiting else { return }
        end(with: State.passed)
    }

    /// Breaks it.
    func breakUp() {
        broken.set(1)
        end(with: State.broken)
    }

    /// Makes it as it was at first.
    func reset() {
        broken.set(0)
        end(with: State.broken)
    }

    private func end(with outcome: UInt32) {
        for seat in seats(State.waiting) { state(seat).set(outcome) }
        isCompleting.set(0)
        bell.ring()
    }
}
