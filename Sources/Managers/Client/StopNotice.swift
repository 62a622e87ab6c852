internal import Connections
internal import Pickle
internal import Synchronization

/// Takes what a server says unasked on a tagged line: that it stops, so that nothing more is asked
/// there, but of the server that may come in its place.
final class StopNotice: Sendable {
    private struct State {
        weak var line: TaggedLine?
        var isStopping = false
    }

    private let state = Mutex(State())

    /// Names the line, which may have been told already.
    func watch(_ line: TaggedLine) {
        let isStopping = state.withLock { state in
            state.line = line
            return state.isStopping
        }
        if isStopping { line.stopsSoon() }
    }

    /// The server has said something: `('#PUSH', (topic, value))`.
    func pushed(_ pickle: [UInt8]) {
        guard let value = try? PickleValue(pickle: pickle), case .tuple(let parts) = value.kind,
            parts.count == 2, parts[0].string == "#PUSH",
            case .tuple(let news) = parts[1].kind, news.first?.string == "stopping"
        else { return }
        let line = state.withLock { state in
            state.isStopping = true
            return state.line
        }
        line?.stopsSoon()
    }
}
