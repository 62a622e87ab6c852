internal import Pickle

/// What a pool and its workers say to each other: the bodies of frames.
///
/// ```text
/// pool                                         worker
///                                         <-   1                          the initializer has run
///                                         <-   2  pickle of a text        it has failed
/// 4 bytes  n: length of the name, big-endian
/// n bytes  mangled name of the task's type
/// 4 bytes  m: length of the task, big-endian
/// m bytes  pickle of the task
/// …        pickle of [input, …]           ->
///                                         <-   3  pickle of [output, …]   all went well
///                                         <-   4  pickle of [PoolItem, …] something went wrong
///                                         <-   5  pickle of a PoolFault   nothing could be done
/// end                                     ->                              it ends too
/// ```
///
/// The descriptors of what a task or an input shares with the worker travel beside its frame
/// (`Luggage`); outputs share nothing.
enum PoolMessage {
    /// What a worker says, by the first byte.
    enum Kind: UInt8 {
        case ready = 1
        case notReady = 2
        case done = 3
        case partlyDone = 4
        case impossible = 5
    }

    /// What all parcels of a task begin with: its type and itself.
    ///
    /// - Throws: `ProcessError` with `unknownType`, `encoding`.
    static func head(
        _ task: some PoolTask, _ encoder: PickleEncoder
    ) throws(ProcessError) -> [UInt8] {
        let name = try name(of: type(of: task))
        do {
            return part(Array(name.utf8)) + part(try encoder.encode(task))
        } catch {
            throw .encoding("\(type(of: task)) cannot be encoded", error)
        }
    }

    private static func part(_ bytes: [UInt8]) -> [UInt8] {
        unsafe withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { unsafe Array($0) } + bytes
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

    /// The parts of a parcel.
    struct Parts: Sendable {
        /// The mangled name of the task's type.
        let name: ArraySlice<UInt8>
        /// A pickle.
        let task: [UInt8]
        /// The pickle of a list.
        let inputs: [UInt8]
    }

    /// Takes a parcel apart.
    ///
    /// - Throws: `ProcessError` with `encoding`.
    static func open(_ message: [UInt8]) throws(ProcessError) -> Parts {
        var rest = message[...]
        guard let name = takePart(&rest), let task = takePart(&rest) else {
            throw ProcessError(.encoding, "this is no task of a pool")
        }
        return Parts(name: name, task: Array(task), inputs: Array(rest))
    }

    private static func takePart(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count - 4 >= count else { return nil }
        defer { rest = rest.dropFirst(4 + count) }
        return rest.dropFirst(4).prefix(count)
    }

    /// What a worker says.
    static func reply(_ kind: Kind, _ body: some Encodable) throws -> [UInt8] {
        [kind.rawValue] + (try PickleEncoder().encode(body))
    }

    /// Why a worker is not ready.
    static func reason(_ message: [UInt8]) -> String? {
        try? PickleDecoder().decode(String.self, from: Array(message.dropFirst()))
    }

    /// What came of all inputs of a parcel.
    ///
    /// - Throws: `ProcessError`: what went wrong with the first input with which something did.
    static func outputs<Output: Codable & Sendable>(
        _ message: [UInt8], of count: Int, as type: Output.Type
    ) throws(ProcessError) -> [Output] {
        // The usual case, without a result for each.
        if message.first == Kind.done.rawValue,
            let outputs = try? PickleDecoder().decode([Output].self, from: Array(message[1...])),
            outputs.count == count
        {
            return outputs
        }
        var outputs: [Output] = []
        for each in try outcomes(message, of: count, as: type) { outputs.append(try each.get()) }
        return outputs
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
