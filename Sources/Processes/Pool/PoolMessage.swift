internal import Pickle

/// What a pool and its workers say to each other: the bodies of frames.
///
/// ```text
/// pool                                         worker
///                                         <-   1                          the initializer has run
///                                         <-   2  pickle of a text        it has failed
/// 4 bytes  n: length of the name, big-endian
/// n bytes  mangled name of the task's type
/// …        pickle of (task, [input, …])   ->
///                                         <-   3  pickle of [output, …]   all went well
///                                         <-   4  pickle of [PoolItem, …] something went wrong
///                                         <-   5  pickle of a PoolFault   nothing could be done
/// end                                     ->                              it ends too
/// ```
enum PoolMessage {
    /// What a worker says, by the first byte.
    enum Kind: UInt8 {
        case ready = 1
        case notReady = 2
        case done = 3
        case partlyDone = 4
        case impossible = 5
    }

    /// A parcel: a task and some inputs for it.
    ///
    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    static func parcel<Task: PoolTask>(
        _ task: Task, _ inputs: [Task.Input]
    ) throws(ProcessError) -> [UInt8] {
        let name = try name(of: Task.self)
        do {
            let pickle = try PickleEncoder().encode(Parcel(task: task, inputs: inputs))
            let count = UInt32(name.utf8.count).bigEndian
            return unsafe withUnsafeBytes(of: count) { unsafe Array($0) } + name.utf8 + pickle
        } catch {
            throw .encoding("\(Task.self) or its inputs cannot be encoded", error)
        }
    }

    /// The name by which a worker finds a type.
    ///
    /// - Throws: `ProcessError` with `unknownType`.
    static func name(of type: any Any.Type) throws(ProcessError) -> String {
        guard let name = _mangledTypeName(type), _typeByName(name) == type else {
            throw .unknownType("\(type)")
        }
        return name
    }

    /// Takes a parcel apart.
    ///
    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    static func open(
        _ message: [UInt8]
    ) throws(ProcessError) -> (type: any PoolTask.Type, pickle: [UInt8]) {
        let count = message.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard message.count >= 4 + count else {
            throw ProcessError(.encoding, "this is no task of a pool")
        }
        let name = String(decoding: message[4..<4 + count], as: UTF8.self)
        guard let type = _typeByName(name) as? any PoolTask.Type else { throw .unknownType(name) }
        return (type, Array(message[(4 + count)...]))
    }

    /// What a worker says.
    static func reply(_ kind: Kind, _ body: some Encodable) throws -> [UInt8] {
        [kind.rawValue] + (try PickleEncoder().encode(body))
    }

    /// Why a worker is not ready.
    static func reason(_ message: [UInt8]) -> String? {
        try? PickleDecoder().decode(String.self, from: Array(message.dropFirst()))
    }

    /// Reads what a worker says of a parcel.
    ///
    /// - Throws: `ProcessError` with `taskFailed`, `encoding`.
    static func outcomes<Output: Codable & Sendable>(
        _ message: [UInt8], of count: Int, as type: Output.Type
    ) throws(ProcessError) -> [Result<Output, ProcessError>] {
        let pickle = Array(message.dropFirst())
        let results: [Result<Output, ProcessError>]
        do {
            switch message.first.flatMap(Kind.init) {
            case .done:
                results = try PickleDecoder().decode([Output].self, from: pickle)
                    .map { .success($0) }
            case .partlyDone:
                results = try PickleDecoder().decode([PoolItem<Output>].self, from: pickle)
                    .map(\.result)
            case .impossible:
                let fault = try PickleDecoder().decode(PoolFault.self, from: pickle)
                results = Array(repeating: .failure(.taskFailed(fault)), count: count)
            default: throw ProcessError(.encoding, "a worker says what nobody understands")
            }
        } catch let error as ProcessError {
            throw error
        } catch {
            throw .encoding("what a worker returned is no \(Output.self)", error)
        }
        guard results.count == count else {
            throw ProcessError(
                .encoding, "a worker returned \(results.count) results instead of \(count)")
        }
        return results
    }

    /// `(task, [input, …])`
    struct Parcel<Task: PoolTask>: Codable {
        let task: Task
        let inputs: [Task.Input]

        init(task: Task, inputs: [Task.Input]) {
            self.task = task
            self.inputs = inputs
        }

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            task = try container.decode(Task.self)
            inputs = try container.decode([Task.Input].self)
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.unkeyedContainer()
            try container.encode(task)
            try container.encode(inputs)
        }
    }
}

/// What came of one input: an output or a fault.
enum PoolItem<Output: Codable & Sendable>: Codable {
    case output(Output)
    case fault(PoolFault)

    private enum Keys: String, CodingKey {
        case output, fault
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        // An output may be nil, and there all the same.
        if container.contains(.fault) {
            self = .fault(try container.decode(PoolFault.self, forKey: .fault))
        } else {
            self = .output(try container.decode(Output.self, forKey: .output))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        switch self {
        case .output(let output): try container.encode(output, forKey: .output)
        case .fault(let fault): try container.encode(fault, forKey: .fault)
        }
    }

    var result: Result<Output, ProcessError> {
        switch self {
        case .output(let output): .success(output)
        case .fault(let fault): .failure(.taskFailed(fault))
        }
    }
}

/// An error as it travels from a worker.
struct PoolFault: Codable, Sendable {
    /// The type's name, and what the error says of itself.
    let text: String
    /// The error's mangled type name and its pickle, if it is `Codable`.
    let original: Original?

    struct Original: Codable {
        let type: String
        let pickle: [UInt8]
    }

    init(_ error: any Error) {
        text = "\(type(of: error)): \(error)"
        original = (error as? any Error & Codable).flatMap { Self.original($0) }
    }

    private static func original<Failure: Error & Codable>(_ error: Failure) -> Original? {
        guard let name = try? PoolMessage.name(of: Failure.self),
            let pickle = try? PickleEncoder().encode(error)
        else { return nil }
        return Original(type: name, pickle: pickle)
    }

    /// The error itself, where its type is known here.
    var error: (any Error)? {
        guard let original, let type = _typeByName(original.type) as? any (Error & Codable).Type
        else { return nil }
        return try? PickleDecoder().decode(type, from: original.pickle)
    }
}
