internal import CMultiprocessing
internal import Connections
internal import Logging
internal import Pickle

/// What the child of a ``ChildProcess`` does: it takes on its name and its key, and runs the
/// target.
struct TargetMain<Target: ProcessTarget>: ProcessMain {
    let origin: ProcessOrigin
    let target: Target

    func main(_ parent: ParentLink) throws {
        ThisProcess.begin(origin, parent)
        mp_child_begins()
        if origin.logLevel != nil { ProcessLog.logger.info("child process calling run()") }
        if origin.daemon { try parent.endBecomesTermination() }
        guard let target = target as? any SynchronousProcessTarget else {
            MainThread.run(named: origin.name) { try await target.run() }
        }
        do {
            // Its parent waits for this sign.
            if origin.method == .fork { try parent.send([]) }
            try target.run()
            MainThread.leave(0)
        } catch {
            MainThread.end(error, origin.name)
        }
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
        // With it the target's proxies connect.
        ProcessKey.current = origin.authkey
        try SegmentTracker.begin(parts[2], luggage)
        target = try decoder.decode(Target.self, from: pickle)
    }
}
