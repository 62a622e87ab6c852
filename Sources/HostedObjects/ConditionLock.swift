/// A shared lock, as a condition uses it: Python's `_is_owned`, `_release_save` and
/// `_acquire_restore`.
protocol ConditionLock: HostedObject {
    /// Where calls wait for the lock, those of conditions among them.
    var line: WaiterListID { get }
    /// Whether somebody has it.
    var isLocked: Bool { get }

    /// Whether a session may use a condition of this lock.
    func isOwned(by session: SessionID) -> Bool

    /// Whether it is a session that acquired the lock last, and has it still.
    func isHeld(by session: SessionID) -> Bool

    /// `acquire()`
    ///
    /// - Throws: MemoryError, where too many wait already.
    func acquire(
        _ timeout: Timeout, as terms: GrantTerms?, _ call: inout Call
    ) throws(Failure) -> Outcome

    /// `release()`
    ///
    /// - Throws: RuntimeError where it is not to be released.
    func release(_ call: inout Call) throws(Failure)

    /// Gives the lock up, however often it was acquired, to whoever waits longest.
    ///
    /// - Returns: how often it was acquired.
    func releaseWholly(_ call: inout Call) -> Int

    /// Takes the lock for a session as if it had acquired it so often; false if it is not free.
    func take(for session: SessionID, depth: Int, _ call: inout Call) -> Bool

    /// If the lock is free, whoever waits longest gets it.
    func admit(_ call: inout Call)
}
