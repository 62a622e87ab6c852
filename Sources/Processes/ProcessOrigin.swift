internal import Connections
internal import Logging
internal import Pickle

/// What a child is told of itself: `(name, [number, …], daemon, authkey, parent's name, parent's
/// process number, start method, level of its log or none)`.
///
/// By hand: each type that the first `Codable` of a process meets costs it a fifth of a millisecond.
struct ProcessOrigin: Sendable, Hashable {
    let name: String
    /// Which child of its parent it is, after the same of that: CPython's `_identity`.
    let path: [Int]
    let daemon: Bool
    let authkey: AuthenticationKey
    let parentName: String
    let parent: Int32
    let method: StartMethod
    /// From which level on it logs to standard error; nil for not at all.
    let logLevel: Logger.Level?

    var value: PickleValue {
        .tuple([
            .str(PickleString(name)), .list(path.map { .int($0) }), .bool(daemon),
            .bytes(authkey.bytes), .str(PickleString(parentName)), .int(Int(parent)),
            .str(PickleString(method.rawValue)),
            logLevel.map { .str(PickleString($0.rawValue)) } ?? .none,
        ])
    }
}

extension ProcessOrigin {
    /// - Throws: `ProcessError` with `encoding` for what is none.
    init(_ value: PickleValue) throws(ProcessError) {
        guard case .tuple(let parts) = value.kind, parts.count == 8, let name = parts[0].string,
            case .list(let numbers) = parts[1].kind, case .bool(let daemon) = parts[2].kind,
            case .bytes(let key) = parts[3].kind, let authkey = try? AuthenticationKey(key),
            let parentName = parts[4].string, case .int(let parent) = parts[5].kind,
            let method = parts[6].string.flatMap(StartMethod.init)
        else { throw ProcessError(.encoding, "a launch that does not say whose it is") }
        self.init(
            name: name,
            path: numbers.compactMap { if case .int(let number) = $0.kind { number } else { nil } },
            daemon: daemon, authkey: authkey, parentName: parentName,
            parent: Int32(clamping: parent), method: method,
            logLevel: parts[7].string.flatMap(Logger.Level.init(rawValue:)))
    }
}
