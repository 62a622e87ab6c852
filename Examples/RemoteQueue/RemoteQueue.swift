import Multiprocessing

/// What a worker has found. In Python a dict: `{"number": 3, "divisors": [1, 3], "by": "Swift"}`.
struct Finding: Codable, Sendable {
    let number: Int
    let divisors: [Int]
    let by: String
}

/// What worker.py does, in Swift: `RemoteQueue ADDRESS KEYFILE`.
@main
struct RemoteQueue {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let manager = try await Manager.connect(
            to: SocketAddress(parsing: arguments[1]),
            authkey: AuthenticationKey(contentsOf: arguments[2]))
        let jobs = try await manager.joinableQueue(of: Int?.self, shared: "jobs")
        let results = try await manager.queue(of: Finding.self, shared: "results")
        while let number = try await jobs.get() {
            let divisors = (1...number).filter { number.isMultiple(of: $0) }
            try await results.put(Finding(number: number, divisors: divisors, by: "Swift"))
            try await jobs.taskDone()
        }
        // The end is for the next worker too.
        try await jobs.put(nil)
        await manager.close()
    }
}
