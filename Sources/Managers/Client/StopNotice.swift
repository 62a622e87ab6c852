internal import Connections
internal import Pickle

/// What a server says unasked on a tagged line: that it stops, so that nothing more is asked there,
/// but of the server that may come in its place.
enum StopNotice {
    /// The server has said something: `('#PUSH', (topic, value))`.
    static func heed(_ pickle: [UInt8], on line: TaggedLine) {
        guard let value = try? PickleValue(pickle: pickle), case .tuple(let parts) = value.kind,
            parts.count == 2, parts[0].string == "#PUSH",
            case .tuple(let news) = parts[1].kind, news.first?.string == "stopping"
        else { return }
        line.stopsSoon()
    }
}
