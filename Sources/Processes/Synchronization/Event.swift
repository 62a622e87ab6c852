internal import Sockets

/// A flag that processes share, and can wait for.
///
/// All copies are the same flag, also in another process: see ``Lock``.
///
/// ```text
/// bit 0        somebody waits
/// bit 1        it is set
/// bits 2…31    how often it was set
/// ```
///
/// - Note: A CPython process that is killed while it sets or waits for an event may leave it
///   locked; here nobody can.
public struct Event: Sendable {
    private static let waited: UInt32 = 1
    private static let set: UInt32 = 2
    private static let one: UInt32 = 4
    private static let byteCount = 4

    private let block: MemoryBlock
    private let word: SharedWord

    /// Makes an event that is not set.
    ///
    /// - Throws: ``ProcessError`` with `system` where there is no memory or no descriptor left.
    public init() throws(ProcessError) {
        self.init(try MemoryBlock(byteCount: Self.byteCount, name: "event"))
    }

    private init(_ block: MemoryBlock) {
        self.block = block
        word = SharedWord(in: block, at: 0)
    }

    /// Whether the flag is set.
    public var isSet: Bool { word.value & Self.set != 0 }

    /// Sets the flag, and lets everybody go on who waits.
    public func set() {
        let old = change { old in
            old & Self.set != 0 ? old : (old &+ Self.one) & ~Self.waited | Self.set
        }
        if old & (Self.set | Self.waited) == Self.waited { word.wake() }
    }

    /// Clears the flag.
    public func clear() {
        _ = change { $0 & ~Self.set }
    }

    /// Waits until the flag is set.
    ///
    /// - Throws: ``ProcessError`` with `cancelled`, `system`.
    public func wait() async throws(ProcessError) {
        _ = try await wait(until: .max)
    }

    /// Waits until the flag is set, for so long at the most.
    ///
    /// - Returns: whether it was set; false when the time is over.
    /// - Throws: ``ProcessError`` with `cancelled`, `system`.
    public func wait(timeout: Duration) async throws(ProcessError) -> Bool {
        try await wait(until: MonotonicClock.deadline(after: timeout))
    }

    private func wait(until deadline: Int64) async throws(ProcessError) -> Bool {
        let begin = awaited()
        var now = begin
        while !Self.wasSet(since: begin, now) {
            guard MonotonicClock.nanoseconds < deadline else { return false }
            try await word.wait(while: now, until: deadline)
            now = awaited()
        }
        return true
    }

    fileprivate func waitBlocking(until deadline: Int64) -> Bool {
        let begin = awaited()
        var now = begin
        while !Self.wasSet(since: begin, now) {
            let time = MonotonicClock.nanoseconds
            guard time < deadline else { return false }
            // Whoever set it may have died before he could wake anybody.
            word.waitBlocking(while: now, until: min(deadline, time + WaitingRoom.patience))
            now = awaited()
        }
        return true
    }

    /// Also when it was cleared since.
    private static func wasSet(since begin: UInt32, _ now: UInt32) -> Bool {
        now & set != 0 || (now ^ begin) >= one
    }

    /// The word, in which stands now that somebody waits, unless it is set.
    private func awaited() -> UInt32 {
        let old = change { $0 & Self.set != 0 ? $0 : $0 | Self.waited }
        return old & Self.set != 0 ? old : old | Self.waited
    }

    /// Changes the word; what it was.
    private func change(_ new: (UInt32) -> UInt32) -> UInt32 {
        var old = word.value
        while true {
            let (done, was) = word.change(old, to: new(old))
            if done { return old }
            old = was
        }
    }

    /// The event, for threads that are no tasks and may be held up.
    ///
    /// Not for tasks: they hold up a thread of Swift's pool, of which there are few.
    public var blocking: Blocking { Blocking(event: self) }

    /// An event whose calls return when they are done: see ``Event/blocking``.
    public struct Blocking: Sendable {
        fileprivate let event: Event

        /// Waits until the flag is set.
        public func wait() {
            _ = event.waitBlocking(until: .max)
        }

        /// Waits until the flag is set, for so long at the most.
        ///
        /// - Returns: whether it was set; false when the time is over.
        public func wait(timeout: Duration) -> Bool {
            event.waitBlocking(until: MonotonicClock.deadline(after: timeout))
        }
    }
}

extension Event: Codable {
    /// Takes the event out of the luggage that came with a message or at the start of this process.
    ///
    /// - Throws: `DecodingError` where none came.
    public init(from decoder: any Decoder) throws {
        let place = try decoder.singleValueContainer().decode(Int.self)
        self.init(try .unpack(place, atLeast: Self.byteCount, from: decoder))
    }

    /// Puts the event into the luggage of what is encoded.
    ///
    /// - Throws: `EncodingError` where it is for no process of this host.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(try block.pack(for: encoder))
    }
}
