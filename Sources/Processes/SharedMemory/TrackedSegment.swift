/// A named segment of which the tracker knows.
struct TrackedSegment: Hashable, Sendable {
    /// With the slash in front.
    let name: String
    /// Which file it is: a later one of the same name is another's.
    let device: UInt64
    let inode: UInt64
}

/// What a process tells its tracker: one message each.  Pure.
///
/// ```text
/// +<device> <inode> /name      it was made
/// -<device> <inode> /name      it was unlinked
/// ```
enum TrackerMessage: Equatable, Sendable {
    case made(TrackedSegment)
    case unlinked(TrackedSegment)

    /// Most bytes of a message: a name has 255 at most.
    static let sizeLimit = 512

    var bytes: [UInt8] {
        switch self {
        case .made(let segment): Self.bytes("+", segment)
        case .unlinked(let segment): Self.bytes("-", segment)
        }
    }

    private static func bytes(_ sign: String, _ segment: TrackedSegment) -> [UInt8] {
        Array("\(sign)\(segment.device) \(segment.inode) \(segment.name)".utf8)
    }

    /// nil for what is none.
    init?(_ bytes: some Sequence<UInt8>) {
        let text = String(decoding: Array(bytes), as: UTF8.self)
        let parts = text.dropFirst().split(separator: " ", maxSplits: 2)
        guard let sign = text.first, parts.count == 3, let device = UInt64(parts[0]),
            let inode = UInt64(parts[1]), parts[2].hasPrefix("/")
        else { return nil }
        let segment = TrackedSegment(name: String(parts[2]), device: device, inode: inode)
        switch sign {
        case "+": self = .made(segment)
        case "-": self = .unlinked(segment)
        default: return nil
        }
    }
}
