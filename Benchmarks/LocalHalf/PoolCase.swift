import Processes

/// A pool of two workers that do next to nothing with each of many inputs.
struct PoolCase {
    let inputs: Int
    let chunkSize: Int?

    func rate(_ time: Double) async throws -> Double {
        try await withProcessPool(processes: 2) { pool in
            _ = try await pool.map(Successor(), over: 0..<1000)
            return try await repeatedly(for: time) {
                let outputs = try await pool.map(
                    Successor(), over: 0..<inputs, chunkSize: chunkSize)
                guard outputs.last == inputs else { throw WrongOutcome() }
                return inputs
            }
        }
    }
}

struct Successor: PoolTask {
    func callAsFunction(_ number: Int) -> Int { number + 1 }
}

/// What was measured does not work.
struct WrongOutcome: Error {}
