/// One call of a benchmark.
enum BenchCall: Equatable, Sendable {
    /// `d[key]`, of the key with that number.
    case read(Int)
    /// `d[key] = value`
    case write(Int)
    /// `q.put(value)`
    case put
    /// `q.get()`
    case take
    /// `l.acquire()`
    case acquire
    /// `l.release()`
    case release
    /// `e.is_set()`
    case ask
}
