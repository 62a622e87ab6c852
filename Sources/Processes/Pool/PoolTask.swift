/// What the workers of a pool do with each of many inputs, as a value: CPython's `func`.
///
/// ```swift
/// struct Square: PoolTask {
///     func callAsFunction(_ number: Int) -> Int { number * number }
/// }
/// let squares = try await pool.map(Square(), over: 0..<10)
/// ```
///
/// The value is encoded, and the worker, which is the same program, finds the type by its name: so
/// it is declared outside of functions, and is not private. What it stores goes along with it each
/// time, so large tables are better loaded by the pool's initializer.  It, and its inputs, may hold
/// locks, queues, shared memory and the like, which the worker then shares; what comes of it may
/// not.
public protocol PoolTask<Input, Output>: Codable, Sendable {
    /// What it is done with.
    associatedtype Input: Codable & Sendable
    /// What comes of it.
    associatedtype Output: Codable & Sendable

    /// Does it with one input.
    ///
    /// - Throws: whatever went wrong; the pool's caller gets a ``ProcessError`` with `taskFailed`
    ///   that has the description, and, if the error is `Codable`, the error itself.
    func callAsFunction(_ input: Input) async throws -> Output

    /// Does it with one input after the other, up to the first error. There is no need to write
    /// this: it is a requirement so that it is compiled for the type.
    ///
    /// - Returns: what came of them, and the error that came of the next.
    func outputs(of inputs: ArraySlice<Input>) async -> ([Output], (any Error)?)
}

extension PoolTask {
    /// Does it with one input after the other, up to the first error.
    ///
    /// - Returns: what came of them, and the error that came of the next.
    @inlinable
    public func outputs(of inputs: ArraySlice<Input>) async -> ([Output], (any Error)?) {
        var outputs: [Output] = []
        outputs.reserveCapacity(inputs.count)
        for input in inputs {
            do {
                outputs.append(try await self(input))
            } catch {
                return (outputs, error)
            }
        }
        return (outputs, nil)
    }
}

/// The same for two inputs at once: what CPython's `starmap` takes.
///
/// ```swift
/// struct Power: BinaryPoolTask {
///     func callAsFunction(_ base: Int, _ exponent: Int) -> Int { … }
/// }
/// let powers = try await pool.starmap(Power(), over: [(2, 5), (3, 2)])
/// ```
public protocol BinaryPoolTask<First, Second, Output>: Codable, Sendable {
    /// The first of what it is done with.
    associatedtype First: Codable & Sendable
    /// The second of what it is done with.
    associatedtype Second: Codable & Sendable
    /// What comes of it.
    associatedtype Output: Codable & Sendable

    /// Does it with two inputs.
    ///
    /// - Throws: as with ``PoolTask``.
    func callAsFunction(_ first: First, _ second: Second) async throws -> Output
}

/// Two inputs as one.
struct PoolPair<First: Codable & Sendable, Second: Codable & Sendable>: Codable, Sendable {
    let first: First
    let second: Second

    init(_ pair: (First, Second)) {
        (first, second) = pair
    }

    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        first = try container.decode(First.self)
        second = try container.decode(Second.self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(first)
        try container.encode(second)
    }
}

/// A task of two inputs as one of a pair.
struct StarredTask<Task: BinaryPoolTask>: PoolTask {
    let task: Task

    init(_ task: Task) {
        self.task = task
    }

    init(from decoder: any Decoder) throws {
        task = try Task(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try task.encode(to: encoder)
    }

    func callAsFunction(_ input: PoolPair<Task.First, Task.Second>) async throws -> Task.Output {
        try await task(input.first, input.second)
    }
}
