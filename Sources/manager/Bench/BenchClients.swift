import Connections
import Managers
import Sockets

/// The connections of a benchmark, and the objects that its lanes call through them.
struct BenchClients: Sendable {
    /// How many connections are opened at once: fewer than a server lets wait.
    private static let atOnce = 32

    /// An object, as seen from a connection.
    private struct Seat: Hashable {
        let connection: Int
        let object: Int
    }

    private let managers: [Manager]
    /// The one that each lane calls.
    let objects: [BenchObject]

    /// What serves.
    var server: String {
        managers[0].serverVersion.map { "swift-multiprocessing \($0)" } ?? "CPython"
    }

    /// Opens the connections, makes the objects and fills them.
    static func connect(
        _ plan: BenchPlan, _ values: BenchValues,
        _ connect: @escaping @Sendable () async throws -> Manager
    ) async throws -> BenchClients {
        // Those that were opened must be closed even if others cannot be.
        let attempts = try await concurrently(plan.connections) { _ in
            await Result.catching(connect)
        }
        let managers = attempts.compactMap { try? $0.get() }
        do {
            for attempt in attempts { _ = try attempt.get() }
            return BenchClients(managers: managers, objects: try await seat(plan, values, managers))
        } catch {
            await close(managers)
            throw error
        }
    }

    /// Has each lane's object at hand on its connection.
    private static func seat(
        _ plan: BenchPlan, _ values: BenchValues, _ managers: [Manager]
    ) async throws -> [BenchObject] {
        let made = try await concurrently(plan.objectCount) { _ in
            let object = try await BenchObject.make(for: plan.operation, in: managers[0])
            try await object.fill(keys: plan.keyCount, values)
            return object
        }
        let seats = (0..<plan.laneCount).map { lane in
            Seat(connection: plan.connection(ofLane: lane), object: plan.object(ofLane: lane))
        }
        let places = Array(Set(seats))
        let attached = try await concurrently(places.count) { number in
            try await made[places[number].object].attached(to: managers[places[number].connection])
        }
        let objects = Dictionary(uniqueKeysWithValues: zip(places, attached))
        return seats.compactMap { objects[$0] }
    }

    /// Drops the objects and closes the connections.
    func close() async {
        await Self.close(managers)
    }

    private static func close(_ managers: [Manager]) async {
        _ = try? await concurrently(managers.count) { number in
            await managers[number].close()
        }
    }

    /// What `body` gives for each number below `count`, a few of them at once.
    private static func concurrently<Outcome: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Outcome
    ) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            var outcomes: [Outcome?] = Array(repeating: nil, count: count)
            var next = 0
            while next < min(count, atOnce) {
                group.addTask { [next] in (next, try await body(next)) }
                next += 1
            }
            while let (number, outcome) = try await group.next() {
                outcomes[number] = outcome
                guard next < count else { continue }
                group.addTask { [next] in (next, try await body(next)) }
                next += 1
            }
            return outcomes.compactMap { $0 }
        }
    }
}

extension Result where Failure == any Error {
    /// What the body comes to.
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
