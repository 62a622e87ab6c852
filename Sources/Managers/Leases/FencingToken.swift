/// What tells a grant of a lock, a semaphore or a barrier from all that a server gave before: it is
/// greater.
///
/// Whoever holds a lock and is stalled may go on when the lock is another's, and not know it. So
/// what it does is done under its token: what has seen a younger one refuses it. A manager's own
/// objects do (``ManagerProxy/fenced(by:)``), and so may a database or a file's header: they keep
/// the greatest token they have seen.
///
/// A token is an int for Python, and may be stored in a shared object. Tokens of one server grow
/// over its restarts, too, unless its clock was set back meanwhile by more than the time for which
/// the earlier server had run and been away. Tokens of different servers say nothing of each other.
public struct FencingToken: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The token as Python has it.
    public let number: Int

    /// A token that came another way, from ``number``.
    public init(_ number: Int) {
        self.number = number
    }

    /// Whether the first was granted before the second.
    public static func < (first: FencingToken, second: FencingToken) -> Bool {
        first.number < second.number
    }

    /// The number.
    public var description: String { String(number) }

    /// Reads an int.
    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Writes an int.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
