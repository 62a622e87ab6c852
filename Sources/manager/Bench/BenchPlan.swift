/// Who does what in a benchmark.
///
/// A *task* uses one connection and keeps `depth` calls under way. Each of these is a *lane*: one
/// call after the other.
struct BenchPlan: Equatable, Sendable {
    /// How long it takes.
    enum Length: Equatable, Sendable {
        case time(Duration)
        case calls(Int)
    }

    /// A part of the run that begins when the one before it has ended.
    enum Phase: Equatable, Sendable {
        /// Puts in what the others take out.
        case fill
        /// Is not counted.
        case warmUp
        case measured
    }

    var operation: BenchOperation
    var door = Door.global
    var connections = 1
    var tasks = 1
    var depth = 1
    /// In bytes.
    var valueSize = 64
    /// How many a dict has, or how many objects there are; nil for what is usual.
    var keys: Int?
    var length: Length
    /// How long the warm-up is, as a part of the run.
    var warmUp = 0.1

    /// How many calls are under way at once.
    var laneCount: Int { tasks * depth }

    /// How many keys a dict has.
    var keyCount: Int { keys ?? 1000 }

    /// How many objects are called.
    var objectCount: Int {
        switch operation {
        case .get, .set, .mixed, .null: 1
        case .queuePut, .queueGet, .queue: min(keys ?? 1, laneCount)
        case .lock: min(keys ?? laneCount, laneCount)
        }
    }

    /// The connection that a lane uses.
    func connection(ofLane lane: Int) -> Int { lane / depth % connections }

    /// The object that a lane calls.
    func object(ofLane lane: Int) -> Int { lane % objectCount }

    /// The phases there are.
    var phases: [Phase] {
        [operation.consumes ? .fill : nil, warmUp > 0 ? .warmUp : nil, .measured].compactMap { $0 }
    }

    /// What a lane does in a phase that begins now.
    ///
    /// - Parameter now: the time of the monotonic clock, in nanoseconds.
    func lane(_ number: Int, in phase: Phase, at now: Int64) -> Lane {
        let what = phase == .fill ? .queuePut : operation
        let seed = phase == .measured ? number : number + laneCount
        return Lane(what, keys: keyCount, limit: limit(number, phase, now), seed: seed)
    }

    private func limit(_ lane: Int, _ phase: Phase, _ now: Int64) -> Lane.Limit {
        switch length {
        case .time(let duration):
            let whole = phase == .warmUp ? duration * warmUp : duration
            return .time(now + Int64(whole / .nanoseconds(1)))
        case .calls(let count):
            let before = warmUp > 0 ? share(of: warmUpCalls(count), lane) : 0
            switch phase {
            case .fill: return .calls(before + share(of: count, lane))
            case .warmUp: return .calls(before)
            case .measured: return .calls(share(of: count, lane))
            }
        }
    }

    private func warmUpCalls(_ count: Int) -> Int { Int((Double(count) * warmUp).rounded(.up)) }

    /// How many of all calls are a lane's.
    private func share(of calls: Int, _ lane: Int) -> Int {
        calls / laneCount + (lane < calls % laneCount ? 1 : 0)
    }
}
