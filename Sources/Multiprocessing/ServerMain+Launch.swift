internal import Connections
internal import Managers
internal import Pickle
internal import Processes

// By hand, and the defaults not at all: each type that the first `Codable` of a process meets costs
// it a fifth of a millisecond, and a server is to be there soon.
extension ServerMain {
    /// `(setup, address, directory, authkey, [name, typeid, …], release, limits)`
    func launch(_ luggage: Luggage) throws -> PickleValue {
        let encoder = PickleEncoder()
        let isPlain = Setup.self == NoSetup.self
        return .tuple([
            isPlain ? .none : .bytes(try encoder.encode(setup)),
            .str(address),
            directory.map { .str($0) } ?? .none,
            .bytes(authkey),
            .list(shared.flatMap { [.str($0.name), .str($0.typeid)] }),
            .str(PickleString(release.rawValue)),
            limits == ServerLimits() ? .none : .bytes(try encoder.encode(limits)),
        ])
    }

    init(launch: PickleValue, _ luggage: Luggage) throws {
        guard case .tuple(let parts) = launch.kind, parts.count == 7,
            let address = parts[1].string, case .bytes(let authkey) = parts[3].kind,
            case .list(let words) = parts[4].kind, words.count.isMultiple(of: 2),
            let release = parts[5].string.flatMap(ReleasePolicy.init)
        else { throw ManagerError(.startFailed, "a launch that is none") }
        self.init(
            setup: try Self.setup(parts[0]), address: address, directory: parts[2].string,
            authkey: authkey,
            shared: try stride(from: 0, to: words.count, by: 2).map { index in
                guard let name = words[index].string, let typeid = words[index + 1].string else {
                    throw ManagerError(.startFailed, "a shared object without a name")
                }
                return Shared(name: name, typeid: typeid)
            },
            release: release, limits: try Self.decoded(parts[6]) ?? ServerLimits())
    }

    private static func setup(_ value: PickleValue) throws -> Setup {
        guard let setup = try NoSetup() as? Setup ?? decoded(value) else {
            throw ManagerError(.startFailed, "a launch without its setup")
        }
        return setup
    }

    private static func decoded<Value: Decodable>(_ value: PickleValue) throws -> Value? {
        guard case .bytes(let pickle) = value.kind else { return nil }
        return try PickleDecoder().decode(Value.self, from: pickle)
    }
}
