import ArgumentParser

/// How much a benchmark asks of a server, and for how long.
struct LoadOptions: ParsableArguments {
    /// So many calls may be under way, and connections open: about what one process can have.
    private static let limit = 1_000_000
    /// The longest value, in bytes.
    private static let valueLimit = 1 << 28
    /// So many calls are made where these must be counted, and nobody says how many.
    private static let usualCount = 100_000
    private static let usualDuration = 5.0

    @Option(help: "How many connections to the server there are.")
    var connections = 1

    @Option(help: "How many tasks make calls; as many as there are connections, if not said.")
    var tasks: Int?

    @Option(help: "How many calls each task has under way at once.")
    var depth = 1

    @Option(help: ArgumentHelp("How long each value is.", valueName: "bytes"))
    var valueSize = 64

    @Option(
        help: """
            How many keys the dict has, or how many queues or locks there are. By default 1000 \
            keys, one queue, and for each call under way a lock of its own.
            """)
    var keys: Int?

    @Option(
        help: ArgumentHelp(
            "How long to measure; 5 seconds if not said.", valueName: "seconds"))
    var duration: Double?

    @Option(help: "How many calls to measure, instead of --duration.")
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "How long to run before, uncounted, as a part of the run.", valueName: "part"))
    var warmup = 0.1

    /// Checks the numbers.
    func validate(for operation: BenchOperation) throws {
        let counts = [
            ("--connections", connections), ("--tasks", tasks ?? 1), ("--depth", depth),
        ]
        for (name, number) in counts where !(1...Self.limit).contains(number) {
            throw ValidationError("\(name) is a number from 1 to \(Self.limit)")
        }
        let tasks = tasks ?? connections
        guard tasks >= connections else {
            throw ValidationError("a connection without a task does nothing: give more --tasks")
        }
        guard tasks * depth <= Self.limit else {
            throw ValidationError("--tasks times --depth is at most \(Self.limit)")
        }
        guard (0...Self.valueLimit).contains(valueSize) else {
            throw ValidationError("--value-size is a number of bytes from 0 to \(Self.valueLimit)")
        }
        guard keys ?? 1 > 0, keys ?? 1 <= 100 * Self.limit else {
            throw ValidationError("--keys is a number from 1 to \(100 * Self.limit)")
        }
        try validateLength(operation)
    }

    private func validateLength(_ operation: BenchOperation) throws {
        guard duration == nil || count == nil else {
            throw ValidationError("give --duration or --count, not both")
        }
        guard duration == nil || !operation.consumes else {
            throw ValidationError(
                "\(operation.rawValue) takes --count: so many items are put in first")
        }
        guard (duration ?? 1) > 0, (duration ?? 1) <= 86400 else {
            throw ValidationError("--duration is a number of seconds above 0, and at most a day")
        }
        guard (1...1_000_000_000_000).contains(count ?? 1) else {
            throw ValidationError("--count is a number above 0")
        }
        guard (0...1).contains(warmup) else {
            throw ValidationError("--warmup is a number from 0 to 1")
        }
    }

    /// What to do.
    func plan(_ operation: BenchOperation, _ door: Door) -> BenchPlan {
        let count = count ?? (operation.consumes ? Self.usualCount : nil)
        return BenchPlan(
            operation: operation, door: door, connections: connections,
            tasks: tasks ?? connections, depth: depth, valueSize: valueSize, keys: keys,
            length: count.map { .calls($0) } ?? .time(.seconds(duration ?? Self.usualDuration)),
            warmUp: warmup)
    }
}
