import Processes

/// Taking a lock and giving it back.
enum LockCase {
    private static let turn = 100_000
    private static let processes = 4

    static func nanosecondsOfPair(_ time: Double) async throws -> Double {
        let lock = try Lock()
        return 1e9
            / (try await repeatedly(for: time) {
                for _ in 0..<turn {
                    try await lock.acquire()
                    try lock.release()
                }
                return turn
            })
    }

    static func nanosecondsOfBlockingPair(_ time: Double) throws -> Double {
        let lock = try Lock()
        let end = ContinuousClock.now + .seconds(time)
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now < end {
            for _ in 0..<turn {
                lock.blocking.acquire()
                try lock.release()
            }
            count += turn
        }
        return (ContinuousClock.now - start) / .nanoseconds(1) / Double(count)
    }

    /// Pairs a second of several processes together.
    static func contendedRate(_ time: Double) async throws -> Double {
        let lock = try Lock()
        let counts = try SharedArray(repeating: 0, count: processes)
        let start = try Barrier(parties: processes)
        let children = (0..<processes).map { place in
            ChildProcess(
                Contending(lock: lock, counts: counts, place: place, time: time, start: start))
        }
        for child in children { try await child.start() }
        for child in children { try await child.join() }
        return Double(try await counts.elements().reduce(0, +)) / time
    }
}

struct Contending: SynchronousProcessTarget {
    let lock: Lock
    let counts: SharedArray<Int>
    let place: Int
    let time: Double
    let start: Barrier

    func run() throws {
        try start.blocking.wait()
        let end = ContinuousClock.now + .seconds(time)
        var count = 0
        while ContinuousClock.now < end {
            for _ in 0..<1000 {
                lock.blocking.acquire()
                try lock.release()
            }
            count += 1000
        }
        counts.raw[place] = count
    }
}
