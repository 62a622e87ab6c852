import Multiprocessing

/// Sends a number to another process, which sends back the next one.
struct PingPong {
    private static let trips = 1000

    func run() async throws {
        let (here, there) = try Connection.pipe()
        let child = ChildProcess(Increment(connection: there))
        try await child.start()
        there.close()
        var number = 0
        for _ in 0..<Self.trips {
            try await here.send(number)
            number = try await here.receive(Int.self)
        }
        // The end of this end is the child's.
        here.close()
        try await child.join()
        print("after", Self.trips, "trips:", number, "and code", try child.exitCode ?? -1)
    }
}

struct Increment: SynchronousProcessTarget {
    let connection: Connection

    func run() throws {
        let line = try connection.blocking()
        do throws(ConnectionError) {
            while true { try line.send(try line.receive(Int.self) + 1) }
        } catch {
            guard error.code == .endOfFile else { throw error }
        }
    }
}
