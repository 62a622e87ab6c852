import Histogram
import Sockets
import Synchronization

/// How long the calls of a phase took, in nanoseconds.
///
/// Lanes are many, threads are few: so lanes share a few histograms, and each hands in what it has
/// gathered now and then.
final class LatencyRecorder: Sendable {
    typealias Latencies = Histogram<UInt64>

    /// A `Mutex` cannot be an array's element.
    private final class Shard: Sendable {
        let latencies = Mutex(LatencyRecorder.empty)
    }

    private let shards = (0..<8).map { _ in Shard() }

    /// No latencies, three digits of which are kept.
    static var empty: Latencies {
        var latencies = Latencies(highestTrackableValue: 60_000_000_000)
        latencies.autoResize = true
        return latencies
    }

    /// All that has been handed in.
    var latencies: Latencies {
        var sum = Self.empty
        for shard in shards { sum.add(shard.latencies.withLock { $0 }) }
        return sum
    }

    fileprivate func add(_ values: [UInt64], ofLane lane: Int) {
        shards[lane % shards.count].latencies.withLock { latencies in
            for value in values { latencies.record(value) }
        }
    }
}

/// What one lane has gathered for a recorder.
struct LatencyLog {
    private static let capacity = 64
    /// How old it may get, in nanoseconds, so that a progress line is true.
    private static let age: Int64 = 100_000_000

    private let recorder: LatencyRecorder
    private let lane: Int
    private var values: [UInt64] = []
    private var handedIn: Int64

    init(_ recorder: LatencyRecorder, lane: Int, at now: Int64) {
        self.recorder = recorder
        self.lane = lane
        handedIn = now
    }

    /// A call took from one time to another.
    mutating func add(from begin: Int64, to end: Int64) {
        values.append(UInt64(max(0, end - begin)))
        if values.count >= Self.capacity || end - handedIn > Self.age {
            handIn()
            handedIn = end
        }
    }

    /// Gives the recorder all of it.
    mutating func handIn() {
        recorder.add(values, ofLane: lane)
        values.removeAll(keepingCapacity: true)
    }
}
