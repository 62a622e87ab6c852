import Pickle

/// How many items a queue may hold: Python's `maxsize`, which may be any object.
enum QueueCapacity: Sendable {
    case unlimited
    case items(Int)
    /// An object that cannot be compared with a number: the queue can be made but not used.
    case unusable(type: String)

    init(_ slice: PickleSlice?, of arguments: Arguments) throws(Failure) {
        guard let slice else {
            self = .unlimited
            return
        }
        switch slice.kind {
        case .bool, .int:
            switch arguments.int(ofAnySize: slice) {
            case .fits(let size): self = size > 0 ? .items(size) : .unlimited
            case .above: self = .items(.max)
            case .below, nil: self = .unlimited
            }
        default:
            guard slice.kind == .float || slice.kind == .other,
                let size = try? arguments.seconds(slice)
            else {
                self = .unusable(type: try arguments.decoded(slice).nameOfType)
                return
            }
            self =
                !(size > 0)
                ? .unlimited : .items(size < 1e18 ? Int(size.rounded(.up)) : .max)
        }
    }

    /// Whether there is a limit at all.
    var isLimited: Bool {
        if case .unlimited = self { false } else { true }
    }

    /// Whether there is no room for one more, as `put` asks: `0 < maxsize <= count`.
    func isReached(by count: Int) throws(Failure) -> Bool {
        switch self {
        case .unlimited: return false
        case .items(let most): return count >= most
        case .unusable(let type):
            throw .type("'>' not supported between instances of '\(type)' and 'int'")
        }
    }

    /// The same, as `full` asks.
    func isFull(with count: Int) throws(Failure) -> Bool {
        if case .unusable(let type) = self {
            throw .type("'<' not supported between instances of 'int' and '\(type)'")
        }
        return try isReached(by: count)
    }
}
