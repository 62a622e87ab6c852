/// What those ring who change something in shared memory that others wait for; where nobody waits,
/// that is a look at a word.
///
/// ```swift
/// while true {
///     let ticket = bell.ticket()
///     if somethingIsThere { break }
///     try await bell.wait(ticket, until: deadline)
/// }
/// ```
///
/// ```text
/// bit 0        somebody has a ticket
/// bits 1…31    how often it was rung
/// ```
package struct Bell: Sendable {
    /// What it takes of a block.
    package static let byteCount = 4

    /// What the bell is while nobody rings it.
    package struct Ticket: Equatable, Sendable {
        fileprivate let value: UInt32
    }

    private static let waited: UInt32 = 1
    private let block: MemoryBlock
    private let word: SharedWord

    /// - Parameter offset: a multiple of 4, within the block.
    package init(in block: MemoryBlock, at offset: Int) {
        self.block = block
        word = SharedWord(in: block, at: offset)
    }

    /// Taken before one looks whether one has to wait.
    package func ticket() -> Ticket {
        Ticket(value: word.insert(Self.waited) | Self.waited)
    }

    /// Wakes all who wait.  Call it after the change.
    package func ring() {
        if silence() { word.wake() }
    }

    /// Wakes one who waits.  He must ``passOn(if:)`` when he ends to wait, for whatever reason.
    package func ringOne() {
        if silence() { word.wake(1) }
    }

    /// Wakes the next one, if there is something for him too.
    package func passOn(if isMore: () -> Bool) {
        _ = word.insert(Self.waited)
        if isMore() { ringOne() }
    }

    /// Waits until the bell is rung, or until the deadline.  It may return early.
    ///
    /// - Throws: `ProcessError` with `cancelled`, `system`.
    package func wait(_ ticket: Ticket, until deadline: Int64) async throws(ProcessError) {
        try await word.wait(while: ticket.value, until: deadline)
    }

    /// Holds the calling thread up until the bell is rung, or until the deadline.  It may return
    /// early.
    package func waitBlocking(_ ticket: Ticket, until deadline: Int64) {
        word.waitBlocking(while: ticket.value, until: deadline)
    }

    /// Counts a ring, and says whether somebody is to be woken.
    private func silence() -> Bool {
        var old = word.value
        while old & Self.waited != 0 {
            let (done, was) = word.change(old, to: (old &+ 2) & ~Self.waited)
            if done { return true }
            old = was
        }
        return false
    }
}
