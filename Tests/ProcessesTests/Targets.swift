import Connections
import Foundation
import Processes

/// Does nothing, well.
struct Nothing: SynchronousProcessTarget {
    func run() throws {}
}

/// Writes a text to a descriptor that came with it, and is long if need be.
struct Tell: SynchronousProcessTarget {
    let text: String
    let to: [Passenger]
    var ballast: [Int] = []

    func run() throws {
        for place in to.indices { to[place].write("\(place)\(text)\(ballast.count)") }
    }
}

/// Ends in one of the ways in which a process can.
struct Ending: SynchronousProcessTarget {
    enum Way: Codable, Sendable {
        case error, exit(Int32), wait
    }

    struct Reason: Error {}

    let way: Way
    /// Where standard error goes.
    let errors: Passenger

    func run() throws {
        errors.becomeStandardError()
        switch way {
        case .error: throw Reason()
        case .exit(let status): exit(status)
        case .wait:
            errors.write("waiting")
            while true { sleep(1000) }
        }
    }
}

/// Tells who it is, and who its parent is.
struct Introduction: SynchronousProcessTarget {
    let to: Passenger

    func run() throws {
        let me = ChildProcess.current
        let parent = ChildProcess.parent
        let key = String(decoding: me.authkey.bytes, as: UTF8.self)
        to.write(
            """
            \(me.name) \(me.daemon) \(key) \(try me.pid == getpid()) \
            \(parent?.name ?? "nobody") \(try parent?.pid == getppid()) \
            \(try parent?.isAlive ?? false) \(StartMethod.default)
            """)
    }
}

/// Does what tasks do: waits, groups, hops between actors, speaks through a pipe; and ends well if
/// all of that worked.
struct Busy: ProcessTarget {
    actor Counter {
        var count = 0
        func add(_ number: Int) { count += number }
    }

    @MainActor static var onMain = 0

    func run() async throws {
        let counter = Counter()
        await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    try? await Task.sleep(for: .milliseconds(number % 3))
                    await counter.add(number)
                    await MainActor.run { Self.onMain += 1 }
                }
            }
        }
        try await Task.sleep(until: .now + .milliseconds(2), clock: .suspending)
        let detached = await Task.detached { await counter.count }.value
        try require(detached == 4950, "all have counted")
        try require(await Self.onMain == 100, "all have been on the main actor")
        let pipe = try Passenger.pair()
        pipe.here.write("x")
        try require(try await pipe.there.text() == "x", "a letter has come")
    }
}

/// What a target that tests something says is not so.
struct Untrue: Error {
    let claim: String
}

/// The `#expect` of a child.
func require(_ condition: Bool, _ claim: String) throws {
    if !condition { throw Untrue(claim: claim) }
}
