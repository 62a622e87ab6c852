/// One call after another: what a worker of a benchmark does in a phase, and until when.
struct Lane: Equatable, Sendable {
    /// When a lane is through.
    enum Limit: Equatable, Sendable {
        /// At a time of the monotonic clock, in nanoseconds.
        case time(Int64)
        /// After so many calls.
        case calls(Int)
    }

    private let operation: BenchOperation
    private let keys: Int
    private let limit: Limit
    private var made = 0
    private var chance: UInt64

    /// - Parameters:
    ///   - keys: how many a dict has.
    ///   - seed: lanes of the same seed make the same calls.
    init(_ operation: BenchOperation, keys: Int, limit: Limit, seed: Int) {
        self.operation = operation
        self.keys = keys
        self.limit = limit
        chance = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15
    }

    /// The next call, nil when there is none. What a call has begun (a lock is taken) is ended
    /// whatever the time.
    ///
    /// - Parameters:
    ///   - now: the time of the monotonic clock, in nanoseconds.
    ///   - isStopped: whether the user wants no more.
    mutating func next(at now: Int64, isStopped: Bool = false) -> BenchCall? {
        let endsPair = operation.isPaired && made % 2 == 1
        guard endsPair || !(isStopped || isOver(now)) else { return nil }
        made += 1
        switch operation {
        case .get: return .read(draw(keys))
        case .set: return .write(draw(keys))
        case .mixed: return draw(5) == 0 ? .write(draw(keys)) : .read(draw(keys))
        case .queuePut: return .put
        case .queueGet: return .take
        case .queue: return endsPair ? .take : .put
        case .lock: return endsPair ? .release : .acquire
        case .null: return .ask
        }
    }

    private func isOver(_ now: Int64) -> Bool {
        switch limit {
        case .time(let end): now >= end
        case .calls(let count): made >= count
        }
    }

    /// A number below `bound`. The generator is SplitMix64 (Steele, Lea, Flood 2014).
    private mutating func draw(_ bound: Int) -> Int {
        chance &+= 0x9e37_79b9_7f4a_7c15
        var bits = chance
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        bits ^= bits >> 31
        return Int(UInt64(bound).multipliedFullWidth(by: bits).high)
    }
}
