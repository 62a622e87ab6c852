/// How far a pool has come with many inputs.
public struct PoolProgress: Sendable, Hashable {
    /// How many have been done, well or not.
    public let done: Int
    /// How many there are; nil where that is not known yet.
    public let total: Int?

    /// Told after each parcel, one call at a time, on a thread that must not be held up.
    public typealias Handler = @Sendable (PoolProgress) -> Void
}
