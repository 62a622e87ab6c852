import Processes

/// Measures one thing about processes on this host, as scripts/bench/local.py asks for it, and
/// prints what came of it, a number:
///
///     LocalHalf CASE [SECONDS]
@main
struct LocalHalf {
    /// What is measured, by its name; each takes about so many seconds.
    static let cases: KeyValuePairs<String, @Sendable (Double) async throws -> Double> = [
        "pool-chunk1": { try await PoolCase(inputs: 20_000, chunkSize: 1).rate($0) },
        "pool-chunks": { try await PoolCase(inputs: 1_000_000, chunkSize: nil).rate($0) },
        "queue-1-1": { try await QueueCase(pairs: 1, isBlocking: false).rate($0) },
        "queue-1-1-blocking": { try await QueueCase(pairs: 1, isBlocking: true).rate($0) },
        "queue-4-4": { try await QueueCase(pairs: 4, isBlocking: false).rate($0) },
        "queue-1m": { try await QueueCase(pairs: 1, isBlocking: false).throughput($0) },
        "pipe": { try await PipeCase.rate($0) },
        "pipe-loop": { try await PipeCase.loopRate($0) },
        "pipe-blocking": { try await PipeCase.blockingRate($0) },
        "lock": { try await LockCase.nanosecondsOfPair($0) },
        "lock-blocking": { try LockCase.nanosecondsOfBlockingPair($0) },
        "lock-contended": { try await LockCase.contendedRate($0) },
        "start-spawn": { try await StartCase.milliseconds(.spawn, $0) },
        "start-forkserver": { try await StartCase.milliseconds(.forkserver, $0) },
        "start-fork": { try await StartCase.milliseconds(.fork, $0) },
        "array-sum": { try ArrayCase.sharedRate($0) },
        "plain-array-sum": { ArrayCase.plainRate($0) },
    ]

    static func main() async throws {
        let words = CommandLine.arguments.dropFirst()
        let seconds = words.dropFirst().first.flatMap { Double($0) } ?? 1
        guard let measure = cases.first(where: { $0.key == words.first })?.value else {
            print("LocalHalf CASE [SECONDS], with one of", cases.map(\.key).joined(separator: " "))
            return
        }
        print(try await measure(seconds))
    }
}

/// How long something takes, in seconds.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let start = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - start) / .seconds(1)
}

/// Does something until so many seconds are over.
///
/// - Parameter body: returns how many it has done.
/// - Returns: how many a second.
func repeatedly(for time: Double, _ body: () async throws -> Int) async rethrows -> Double {
    let start = ContinuousClock.now
    var count = 0
    var spent = 0.0
    repeat {
        count += try await body()
        spent = (ContinuousClock.now - start) / .seconds(1)
    } while spent < time
    return Double(count) / spent
}
