/// What the word of a lock says: who has it.  Pure.
///
/// ```text
/// bit 0        somebody may wait, and is to be woken
/// bit 1        it was taken from an owner that died
/// bits 2…63    the owner's process (mp_identity); 0 for none
/// ```
struct LockState: Equatable, Sendable {
    private static let waited: UInt64 = 1
    private static let inherited: UInt64 = 2

    let bits: UInt64

    /// Nobody has it.
    static let free = LockState(bits: 0)

    /// The process that has it; 0 for none.
    var owner: UInt64 { bits & ~(Self.waited | Self.inherited) }
    /// Whether somebody may wait.
    var isWaitedFor: Bool { bits & Self.waited != 0 }
    /// Whether it was taken from an owner that died.
    var isInherited: Bool { bits & Self.inherited != 0 }

    /// The half of it that can be waited for.
    var lowBits: UInt32 { UInt32(truncatingIfNeeded: bits) }

    /// A process takes it, which is free, or whose owner has died.
    ///
    /// - Parameter hasWaited: whether it was waited for; others may still wait then.
    func taken(by process: UInt64, hasWaited: Bool) -> LockState {
        let waited = isWaitedFor || hasWaited ? Self.waited : 0
        return LockState(bits: process | waited | (owner == 0 ? 0 : Self.inherited))
    }

    /// Somebody is going to wait.
    var awaited: LockState { LockState(bits: bits | Self.waited) }
}
