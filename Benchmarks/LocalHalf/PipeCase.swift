import Connections
import Processes

/// A number that goes to another process and comes back.
enum PipeCase {
    private static let warmUp = 200
    private static let turn = 500

    static func rate(_ time: Double) async throws -> Double {
        let (here, there) = try Connection.pipe()
        let child = ChildProcess(Echoing(connection: there))
        try await child.start()
        there.close()
        for number in 0..<warmUp { try await trip(number, here) }
        let rate = try await repeatedly(for: time) {
            for number in 0..<turn { try await trip(number, here) }
            return turn
        }
        here.close()
        try await child.join()
        return rate
    }

    /// The same by tasks on the thread that waits for all connections.
    static func loopRate(_ time: Double) async throws -> Double {
        let (here, there) = try Connection.pipe()
        let child = ChildProcess(LoopEcho(echoing: Echoing(connection: there)))
        try await child.start()
        there.close()
        let rate = try await here.run {
            for number in 0..<warmUp { try await trip(number, here) }
            return try await repeatedly(for: time) {
                for number in 0..<turn { try await trip(number, here) }
                return turn
            }
        }
        here.close()
        try await child.join()
        return rate
    }

    private static func trip(_ number: Int, _ connection: Connection) async throws {
        try await connection.send(number)
        guard try await connection.receive(Int.self) == number else { throw WrongOutcome() }
    }

    static func blockingRate(_ time: Double) async throws -> Double {
        let (here, there) = try Connection.pipe()
        let child = ChildProcess(BlockingEcho(connection: there))
        try await child.start()
        there.close()
        let line = try here.blocking()
        for number in 0..<warmUp { try trip(number, line) }
        let rate = try await repeatedly(for: time) {
            for number in 0..<turn { try trip(number, line) }
            return turn
        }
        line.close()
        try await child.join()
        return rate
    }

    private static func trip(_ number: Int, _ line: BlockingConnection) throws {
        try line.send(number)
        guard try line.receive(Int.self) == number else { throw WrongOutcome() }
    }
}

/// Sends back what comes, until nothing more does.
struct Echoing: ProcessTarget {
    let connection: Connection

    func run() async throws {
        while let number = try? await connection.receive(Int.self) {
            try await connection.send(number)
        }
    }
}

struct LoopEcho: ProcessTarget {
    let echoing: Echoing

    func run() async throws {
        try await echoing.connection.run { try await echoing.run() }
    }
}

struct BlockingEcho: SynchronousProcessTarget {
    let connection: Connection

    func run() throws {
        let line = try connection.blocking()
        while let number = try? line.receive(Int.self) { try line.send(number) }
    }
}
