/// When a lease is to be renewed, and until when it surely lasts: pure.
///
/// The server counts from when it granted or renewed it, which was not before it was asked to. So
/// from there on this end counts, and is the first to take it for lost.
struct LeaseClock {
    typealias Instant = ContinuousClock.Instant

    /// How often in its time a lease is renewed.
    private static let renewals = 3
    /// How often in its time it is tried where the server is away.
    private static let tries = 20

    private let lease: Duration
    /// Until when it surely lasts.
    private(set) var end: Instant
    /// When to ask for more.
    private(set) var next: Instant

    /// - Parameter asked: when the grant was asked for.
    init(_ lease: Duration, asked: Instant) {
        self.lease = lease
        end = asked + lease
        next = asked + lease / Self.renewals
    }

    /// It was renewed.
    ///
    /// - Parameter asked: when that was asked for.
    mutating func renewed(asked: Instant) {
        end = asked + lease
        next = asked + lease / Self.renewals
    }

    /// The server was not to be reached.
    mutating func failed(at now: Instant) {
        next = min(now + lease / Self.tries, end)
    }

    /// Whether it may be over.
    func isOver(at now: Instant) -> Bool { now >= end }
}
