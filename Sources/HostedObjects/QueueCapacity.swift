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
            let size = arguments.int(slice) ?? 0
            self = size > 0 ? .items(size) : .unlimited
        case .float:
            let size = try arguments.seconds(slice) ?? 0
            self = size > 0 && size < 1e18 ? .items(Int(size.rounded(.up))) : .unlimited
        default:
            self = .unusable(type: try arguments.decoded(slice).nameOfType)
        }
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
