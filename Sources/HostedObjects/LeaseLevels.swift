/// The leases of an RLock's levels: an inner hold may have one that ends with that hold.
///
/// The lock lasts for as long as any of its levels' leases. Only those levels are kept that make it
/// last longer than all further out, so that both depths and ends grow from each to the next.
struct LeaseLevels {
    private struct Level {
        let depth: Int
        var end: Instant
    }

    /// How many levels are told apart; deeper ones count as the last.
    private static let limit = 16

    private var levels: [Level] = []

    /// When the lock ends by itself; nil for never.
    var end: Instant? { levels.last?.end }

    /// The lock has been acquired as deep as that, to last until then at least.
    mutating func acquire(_ depth: Int, until end: Instant) {
        guard levels.last.map({ $0.end < end }) ?? true else { return }
        if levels.count < Self.limit {
            levels.append(Level(depth: depth, end: end))
        } else {
            levels[Self.limit - 1].end = end
        }
    }

    /// The lock has been renewed. That is the outermost level's, since nobody tells whose it is: it
    /// lasts as long as any.
    mutating func renew(until end: Instant) {
        guard let first = levels.first, first.end < end else { return }
        levels[0].end = end
        levels.removeAll { $0.depth > first.depth && $0.end <= end }
    }

    /// The lock has been given back to that depth.
    mutating func release(to depth: Int) {
        while let last = levels.last, last.depth > depth { levels.removeLast() }
    }
}
