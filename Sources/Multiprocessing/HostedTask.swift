internal import Managers
internal import Pickle
public import Processes

/// A task that clients of a hosted pool may have done: see `Registry.registerPool`.
///
/// ```swift
/// registry.registerPool(tasks: [HostedTask("square", Square()), HostedTask("power", Power())])
/// ```
public struct HostedTask: Sendable {
    /// The name by which clients ask for it.
    public let name: String

    /// Does it with many lists of arguments.
    typealias Work =
        @Sendable (
            _ pool: ProcessPool, _ arguments: [[PickleValue]], _ chunkSize: Int?
        ) async throws -> [PickleValue]

    let work: Work

    /// A task of one argument.
    public init<Task: PoolTask>(_ name: String, _ task: Task) {
        self.name = name
        work = { pool, arguments, chunkSize in
            let inputs = try arguments.map { list in
                try Self.check(list, has: 1, name)
                return try PickleDecoder().decode(Task.Input.self, from: list[0])
            }
            return try await pool.map(task, over: inputs, chunkSize: chunkSize)
                .map { try PickleValue(encoding: $0) }
        }
    }

    /// A task of two arguments.
    public init<Task: BinaryPoolTask>(_ name: String, _ task: Task) {
        self.name = name
        work = { pool, arguments, chunkSize in
            let inputs = try arguments.map { list in
                try Self.check(list, has: 2, name)
                return (
                    try PickleDecoder().decode(Task.First.self, from: list[0]),
                    try PickleDecoder().decode(Task.Second.self, from: list[1])
                )
            }
            return try await pool.starmap(task, over: inputs, chunkSize: chunkSize)
                .map { try PickleValue(encoding: $0) }
        }
    }

    private static func check(_ list: [PickleValue], has count: Int, _ name: String) throws {
        guard list.count != count else { return }
        throw RaisedException(
            "TypeError",
            "\(name)() takes \(count) positional argument\(count == 1 ? "" : "s") "
                + "but \(list.count) \(list.count == 1 ? "was" : "were") given")
    }
}
