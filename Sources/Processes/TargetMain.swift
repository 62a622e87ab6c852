internal import Connections
internal import Pickle

/// What the child of a ``ChildProcess`` does: it takes on its name and its key, and runs the target.
struct TargetMain<Target: ProcessTarget>: ProcessMain {
    let origin: ProcessOrigin
    let target: Target

    func main(_ parent: ParentLink) throws {
        ThisProcess.begin(origin, parent)
        if origin.daemon { try parent.endBecomesTermination() }
        MainThread.run(named: origin.name) { try await target.run() }
    }
}

extension TargetMain {
    /// `(origin, target, line to the tracker)`
    func launch(_ luggage: Luggage) throws -> PickleValue {
        var encoder = PickleEncoder()
        encoder.userInfo[Luggage.key] = luggage
        return .tuple([
            origin.value, .bytes(try encoder.encode(target)),
            try SegmentTracker.shared.pack(luggage),
        ])
    }

    init(launch: PickleValue, _ luggage: Luggage) throws {
        guard case .tuple(let parts) = launch.kind, parts.count == 3,
            case .bytes(let pickle) = parts[1].kind
        else { throw ProcessError(.encoding, "a launch without its target") }
        var decoder = PickleDecoder()
        decoder.userInfo[Luggage.key] = luggage
        origin = try ProcessOrigin(parts[0])
        try SegmentTracker.shared.unpack(parts[2], luggage)
        target = try decoder.decode(Target.self, from: pickle)
    }
}
