public import Managers
public import Pickle

/// A proxy for a pool of processes in a manager server: see `Registry.registerPool`.
///
/// ```swift
/// let pool = try await manager.pool(processes: 4)
/// let squares = try await pool.map("square", over: 0..<10, returning: Int.self)
/// ```
///
/// In a CPython server the function is one that it can import: `.global(module: "math", name:
/// "sqrt")`; in one of this house it is the name of a task that the server has registered.
public struct PoolProxy: ManagerProxy {
    /// Python's class for it.
    public static let pythonName = "PoolProxy"
    /// What all copies of this proxy share.
    public let reference: ObjectReference

    /// A proxy for an object.
    public init(_ reference: ObjectReference) {
        self.reference = reference
    }

    /// Has one worker call a function, and waits for what comes of it.
    ///
    /// - Parameters:
    ///   - function: the name of a task, or a function of Python's.
    ///   - argument: what it is called with.
    /// - Throws: ``ManagerError``; `remote` for what the task threw.
    public func apply<Output: Decodable, each Argument: Encodable>(
        _ function: PickleValue, to argument: repeat each Argument,
        returning type: Output.Type = Output.self
    ) async throws(ManagerError) -> Output {
        var arguments: [PickleValue] = []
        for argument in repeat each argument { arguments.append(try Self.value(argument)) }
        return try await callWaiting("apply", function, PickleValue.tuple(arguments))
    }

    /// Has the workers call a function with each of many inputs, and waits for what comes of them,
    /// in their order.
    ///
    /// - Parameter chunkSize: how many inputs go to a worker at once; nil for such that each worker
    ///   gets about four times some.
    /// - Throws: ``ManagerError``; `remote` for what the task threw first.
    public func map<Input: Encodable, Output: Decodable>(
        _ function: PickleValue, over inputs: some Sequence<Input>, chunkSize: Int? = nil,
        returning type: Output.Type = Output.self
    ) async throws(ManagerError) -> [Output] {
        try await callWaiting("map", function, Array(inputs), chunkSize)
    }

    /// The same for a function of two arguments.
    ///
    /// - Throws: ``ManagerError``; `remote` for what the task threw first.
    public func starmap<First: Encodable, Second: Encodable, Output: Decodable>(
        _ function: PickleValue, over inputs: some Sequence<(First, Second)>,
        chunkSize: Int? = nil, returning type: Output.Type = Output.self
    ) async throws(ManagerError) -> [Output] {
        var pairs: [PickleValue] = []
        for (first, second) in inputs {
            pairs.append(.tuple([try Self.value(first), try Self.value(second)]))
        }
        return try await callWaiting("starmap", function, pairs, chunkSize)
    }

    /// Takes no more work; the workers end when all has been done.
    ///
    /// - Throws: ``ManagerError``.
    public func close() async throws(ManagerError) { try await call("close") }

    /// Ends the workers at once.
    ///
    /// - Throws: ``ManagerError``.
    public func terminate() async throws(ManagerError) { try await call("terminate") }

    /// Waits until the workers have ended, after `close` or `terminate`.
    ///
    /// - Throws: ``ManagerError``; `remote` (`ValueError`) before that.
    public func join() async throws(ManagerError) {
        _ = try await callWaiting("join", returning: PickleValue.self)
    }

    private static func value(_ value: some Encodable) throws(ManagerError) -> PickleValue {
        do {
            return try PickleValue(encoding: value)
        } catch {
            throw ManagerError(.encoding, "an argument cannot be sent: \(error)", underlying: error)
        }
    }
}

extension Manager {
    /// A new pool of processes in the server.
    ///
    /// - Parameters:
    ///   - processes: how many workers; nil for as many as the server has CPUs.
    ///   - typeid: the name under which the server offers pools.
    /// - Throws: ``ManagerError``; `unknownType` where the server offers none.
    public func pool(
        processes: Int? = nil, of typeid: String = "Pool"
    ) async throws(ManagerError) -> PoolProxy {
        try await create(typeid, processes, as: PoolProxy.self)
    }
}
