/// When what is noted of objects is looked through for those that are gone: each time it has
/// doubled, so that it stays in proportion to what is there, at little cost.
struct Pruning {
    private static let least = 64
    private var next = least

    func isDue(at count: Int) -> Bool { count >= next }

    mutating func isDone(at count: Int) { next = max(Self.least, 2 * count) }
}
